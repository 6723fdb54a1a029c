/**
 * Blanks and comments; a template literal, with others one deep inside its substitutions; a regular expression, which
 * stands behind some words and the signs that end no value; a word or number; a quoted text; a sign.
 */
const TOKEN =
  /((?:\s|\/\/.*|\/\*[^]*?\*\/)+)|`(?:[^\\`$]|\\[^]|\$(?!\{)|\$\{(?:[^`{}]|`(?:[^\\`]|\\[^])*`|\{[^`{}]*\})*\})*`|(?<=(?:[^\s\p{ID_Continue}$#\\'"`/)\]}]|\b(?:return|typeof|void|delete|in|of|instanceof|new|await|yield))\s*)\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[\p{ID_Continue}$#\\]+|'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|\.\.\.|=>|[^]/gu;

/**
 * The tokens of a function's parameter list, without its parentheses, blanks and comments; undefined for a native or
 * bound function, a class, and anything else that has none.
 */
export function parameterTokens(source: string): readonly string[] | undefined {
  if (/\{\s*\[native code\]\s*\}\s*$|^class\b(?!\s*\()/.test(source)) return undefined;
  let depth = 0;
  let previous: string | undefined;
  let list: string[] | undefined;
  for (const [token, blank] of source.matchAll(TOKEN)) {
    if (blank !== undefined) continue;
    if (list !== undefined && depth === 1 && token === ')') return list;
    if (list === undefined && depth === 0) {
      if (token === '(') list = [];
      else if (token === '=>') return previous === undefined ? undefined : [previous];
      else if (token === '{') return undefined;
    } else list?.push(token);
    depth += depthChange(token);
    previous = token;
  }
  return undefined;
}

/** Splits tokens at every `sign` that is not inside brackets. */
export function splitTokens(list: readonly string[], sign: string): string[][] {
  const pieces: string[][] = [[]];
  let depth = 0;
  for (const token of list) {
    if (depth === 0 && token === sign) pieces.push([]);
    else pieces.at(-1)?.push(token);
    depth += depthChange(token);
  }
  return pieces;
}

function depthChange(token: string): number {
  if ('([{'.includes(token)) return 1;
  return ')]}'.includes(token) ? -1 : 0;
}
