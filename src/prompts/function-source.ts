/** A piece of JavaScript source, comments and white space left out. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[\p{ID_Continue}$#\\]+/uy;
const QUOTED = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const REGULAR_EXPRESSION = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const SIGN = /\.\.\.|=>|[\s\S]/y;

const OPENING = '([{';
const CLOSING = ')]}';
/** After one of these words a slash starts a regular expression. */
const BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'void',
  'delete',
  'in',
  'of',
  'instanceof',
  'new',
  'await',
  'yield',
]);

/**
 * The tokens of a function's parameter list, without its parentheses; undefined for a native or bound function, a
 * class, and anything else that has none.
 */
export function parameterTokens(source: string): readonly Token[] | undefined {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source) || /^class\b/.test(source)) return undefined;
  let depth = 0;
  let previous: Token | undefined;
  let list: Token[] | undefined;
  for (const token of tokens(source)) {
    const { text } = token;
    if (list !== undefined && depth === 1 && text === ')') return list;
    if (list === undefined && depth === 0) {
      if (text === '(') list = [];
      else if (text === '=>') return previous === undefined ? undefined : [previous];
      else if (text === '{') return undefined;
    } else list?.push(token);
    depth += depthChange(text);
    previous = token;
  }
  return undefined;
}

/** Splits tokens at every `sign` that is not inside brackets. */
export function splitTokens(list: readonly Token[], sign: string): Token[][] {
  const pieces: Token[][] = [[]];
  let depth = 0;
  for (const token of list) {
    if (depth === 0 && token.text === sign) pieces.push([]);
    else pieces.at(-1)?.push(token);
    depth += depthChange(token.text);
  }
  return pieces;
}

function depthChange(text: string): number {
  if (text.length !== 1) return 0;
  if (OPENING.includes(text)) return 1;
  return CLOSING.includes(text) ? -1 : 0;
}

function* tokens(source: string, from = 0): Generator<Token> {
  let previous: string | undefined;
  for (let start = from; start < source.length;) {
    const blank = endOf(BLANK, source, start);
    if (blank !== undefined) {
      start = blank;
      continue;
    }
    const end = tokenEnd(source, start, previous);
    const text = source.slice(start, end);
    yield { text, start, end };
    previous = text;
    start = end;
  }
}

function tokenEnd(source: string, start: number, previous: string | undefined): number {
  if (source[start] === '`') return templateEnd(source, start);
  const pattern = source[start] === '/' && startsExpression(previous) ? REGULAR_EXPRESSION : SIGN;
  return endOf(WORD, source, start) ?? endOf(QUOTED, source, start) ?? endOf(pattern, source, start) ?? start + 1;
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
  for (const { text, end } of tokens(source, start)) {
    depth += depthChange(text);
    if (depth === 0) return end;
  }
  return source.length;
}

function startsExpression(previous: string | undefined): boolean {
  if (previous === undefined || BEFORE_EXPRESSION.has(previous)) return true;
  return endOf(WORD, previous, 0) === undefined && !/^['"`/)\]}]/.test(previous);
}

function endOf(pattern: RegExp, source: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}
