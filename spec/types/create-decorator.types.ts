/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-confusing-void-expression -- only their types matter */
/** Checked by `tsc` in both decorator modes, never run. Each expected error is the one that the line above names. */
import { createDecorator, type CallRecord } from '../../src/index.js';
import type { Equal, Expect } from './equal.js';

const timed = createDecorator<{ unit?: 'ms' | 's' }, { startedAt: number }>({
  onStart: ({ state }) => void (state.startedAt = performance.now()),
  onEnd: async ({ state, options, call, args, methodName, traceparent }) => {
    type _State = Expect<Equal<typeof state.startedAt, number | undefined>>;
    type _Unit = Expect<Equal<typeof options.unit, 'ms' | 's' | undefined>>;
    type _Call = Expect<Equal<typeof call, CallRecord>>;
    type _Args = Expect<Equal<typeof args, readonly unknown[]>>;
    type _Names = Expect<Equal<[typeof methodName, typeof traceparent], [string, string | undefined]>>;
    await Promise.resolve();
  },
});
const saved = createDecorator<{ table: string }>({ onError: () => ({ value: undefined }) });
const plain = createDecorator({
  onEnd: () => Promise.resolve({ id: 1 }),
  onError: async () => Promise.resolve(undefined),
});

export class Accepted {
  @timed bare(): void {}
  @timed() called<T>(value: T): T {
    return value;
  }
  @timed({ unit: 's' }) async *stream(): AsyncGenerator<number> {
    yield Promise.resolve(1);
  }
  @saved({ table: 'calls' }) @plain static make(): void {}
}

const add = plain((one: number, other: number) => one + other);
type _Same = Expect<Equal<typeof add, (one: number, other: number) => number>>;
const find = saved({ table: 'calls' })(<T>(value: T): T => value);
type _Generic = Expect<Equal<typeof find, <T>(value: T) => T>>;

export class Refused {
  // @ts-expect-error -- `table` is required
  @saved bare(): void {}
  // @ts-expect-error -- `table` is required
  @saved() called(): void {}
  // @ts-expect-error -- `table` is a string
  @saved({ table: 1 }) wrong(): void {}
  // @ts-expect-error -- there are no options
  @plain({ table: 'calls' }) without(): void {}
  // @ts-expect-error -- a field
  @timed() field = 1;
}

// @ts-expect-error -- there is no such hook
createDecorator({ onFinish: () => undefined });
// @ts-expect-error -- a value needs its wrapper
createDecorator({ onError: () => 'none' });
// @ts-expect-error -- the state has no such member
createDecorator<{ a?: 1 }, { startedAt: number }>({ onStart: ({ state }) => state.ended });
