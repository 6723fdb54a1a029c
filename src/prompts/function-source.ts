/** A blank, a word or number, a quoted text, or a sign. */
const TOKEN =
  /(?:\s|\/\/.*|\/\*[^]*?\*\/)+|[\p{ID_Continue}$#\\]+|'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|\.\.\.|=>|[^]/uy;
const BLANK = /^(?:\s|\/[/*])/;
const REGULAR_EXPRESSION = /\/(?![/*])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** What stands before a slash that starts a regular expression: one of these words, or a sign that ends nothing. */
const BEFORE_EXPRESSION =
  /^(?:return|typeof|void|delete|in|of|instanceof|new|await|yield)$|^[^\p{ID_Continue}$#\\'"`/)\]}]/u;

/**
 * The tokens of a function's parameter list, without its parentheses, blanks and comments; undefined for a native or
 * bound function, a class, and anything else that has none.
 */
export function parameterTokens(source: string): readonly string[] | undefined {
  if (/\{\s*\[native code\]\s*\}\s*$|^class\b/.test(source)) return undefined;
  let depth = 0;
  let previous: string | undefined;
  let list: string[] | undefined;
  for (const [token] of tokens(source, 0)) {
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

function* tokens(source: string, start: number): Generator<[token: string, end: number]> {
  let previous = '(';
  while (start < source.length) {
    const end = tokenEnd(source, start, BEFORE_EXPRESSION.test(previous));
    const token = source.slice(start, end);
    start = end;
    if (BLANK.test(token)) continue;
    yield [token, end];
    previous = token;
  }
}

function tokenEnd(source: string, start: number, startsExpression: boolean): number {
  if (source[start] === '`') return templateEnd(source, start);
  for (const pattern of startsExpression ? [REGULAR_EXPRESSION, TOKEN] : [TOKEN]) {
    pattern.lastIndex = start;
    if (pattern.test(source)) return pattern.lastIndex;
  }
  return source.length;
}

/** A template literal is one token, whatever its substitutions hold. */
function templateEnd(source: string, start: number): number {
  for (let index = start + 1; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === '`') return index + 1;
    else if (source.startsWith('${', index)) index = substitutionEnd(source, index + 2) - 1;
  }
  return source.length;
}

function substitutionEnd(source: string, start: number): number {
  let depth = 1;
  for (const [token, end] of tokens(source, start)) {
    depth += depthChange(token);
    if (depth === 0) return end;
  }
  return source.length;
}
