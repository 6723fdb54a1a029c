/**
 * How a value becomes text, or what it is beside text; `messages` is the whole content of a `MESSAGES:` section.
 */
export type ValueFormat = 'text' | 'list' | 'lists' | 'image' | 'images' | 'part' | 'parts' | 'messages';

/** One `{name}`, `{name.member}`, `{this.member}` or `{name:list}` of a template. */
export interface Placeholder {
  /** As it is written, without braces and format: `book.title`, `this.reader`. */
  readonly path: string;
  /** The variable, or `this`. */
  readonly root: string;
  readonly members: readonly string[];
  readonly format: ValueFormat;
}

/** Text as it is, or a place for a value. */
export type TemplatePart = string | Placeholder;

export type PartFormat = Extract<ValueFormat, 'image' | 'images' | 'part' | 'parts'>;

/** A value that is not written as text, but stands beside it. */
export interface PartPlaceholder extends Placeholder {
  readonly format: PartFormat;
}

export function isPart(part: TemplatePart): part is PartPlaceholder {
  return typeof part !== 'string' && /^(?:image|part)s?$/.test(part.format);
}

/** Throws what is wrong with a template, and where: an index into the text that was parsed. */
export type Fail = (problem: string, index?: number) => never;

const PATH = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Continue}$]+)*$/u;
const FORMATS: readonly string[] = ['list', 'lists', 'image', 'images', 'part', 'parts'] satisfies ValueFormat[];

/** A doubled brace, a placeholder (it ends on its own line), or a brace that is neither. */
const BRACES = /\{\{|\}\}|\{([^{}\n\r]*)\}|[{}]/g;

/** Splits a text at its placeholders; `{{` and `}}` stand for single braces. */
export function parseParts(text: string, fail: Fail): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let end = 0;
  for (const { 0: found, 1: inner, index } of text.matchAll(BRACES)) {
    literal += text.slice(end, index);
    end = index + found.length;
    if (inner !== undefined) {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(parsePlaceholder(inner, index, fail));
    } else if (found.length === 2) literal += found.charAt(0);
    else {
      const problem = found === '{' ? 'is never closed' : 'closes nothing';
      fail(`${found} ${problem}; as text it is ${found}${found}`, index);
    }
  }
  literal += text.slice(end);
  if (literal !== '') parts.push(literal);
  return parts;
}

function parsePlaceholder(inner: string, index: number, fail: Fail): Placeholder {
  const [written = '', format, ...more] = inner.split(':').map((piece) => piece.trim());
  if (!PATH.test(written)) fail(`{${inner}} is no name; as text, braces are {{ and }}`, index);
  if (more.length > 0 || (format !== undefined && !FORMATS.includes(format))) {
    fail(`unknown format in {${inner}}; there are :${FORMATS.join(', :')}`, index);
  }
  const [root = '', ...members] = written.split('.');
  if (root === 'this' && members.length === 0) fail('{this} needs a member: {this.name}', index);
  return { path: written, root, members, format: (format ?? 'text') as ValueFormat };
}
