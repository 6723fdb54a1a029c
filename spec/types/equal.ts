/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- two generic functions are compared as they are */
/** True where two types are the same, not only assignable to each other. */
export type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

export type Expect<Truth extends true> = Truth;
