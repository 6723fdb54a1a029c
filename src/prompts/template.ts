import { DecotelError } from '../core/decotel-error.js';
import { described, misuse, quoted } from '../core/misuse.js';
import { checkOptions, type OptionTypes } from '../core/options.js';
import type { PromptRecord } from '../core/record.js';
import { contentHash } from './content-hash.js';
import { stripIndentation } from './indentation.js';
import { isPart, parseParts, type Fail, type TemplatePart } from './placeholder.js';

export type PromptMetadata = NonNullable<PromptRecord['metadata']>;

export type PromptRole = 'system' | 'user' | 'assistant';

/** A message of the template, or the place where messages of the application go. */
export interface TemplateSection {
  /** As it opens the section in the rendered text; empty for text before the first heading. */
  readonly heading: string;
  readonly role: PromptRole | 'messages';
  /** Of `messages` the one variable that holds them. */
  readonly parts: readonly TemplatePart[];
}

/**
 * Where variables come from when a method does not pass them: names of its parameters in their order (`null` skips
 * one), or functions of its arguments, called with its `this`.
 */
export type ParamReaders =
  readonly (string | null)[] | Readonly<Record<string, ((this: unknown, ...args: unknown[]) => unknown) | undefined>>;

/** A parsed prompt template. */
export interface PromptTemplate {
  /**
   * What is known of it before it is rendered. Its text is without common indentation and outer blank lines, its version a
   * hash of that unless the application gave one.
   */
  readonly record: Readonly<PromptRecord>;
  /** Of all sections. */
  readonly parts: readonly TemplatePart[];
  /** One user message where the template has no role headings. */
  readonly sections: readonly TemplateSection[];
  readonly params?: ParamReaders | undefined;
  /** Declared on the class: a plain name is a field of the instance first. */
  readonly isOfClass?: boolean | undefined;
  /** The method that carries the template, for messages: `Librarian.recommendBook`. */
  readonly place?: ((self: unknown) => string) | undefined;
}

/** What a template is made of, as the application gave it. */
export interface TemplateOptions {
  readonly template: string;
  readonly name?: string;
  readonly version?: string;
  readonly metadata?: PromptMetadata;
  readonly tags?: readonly string[];
}

const OPTIONS: OptionTypes<TemplateOptions> = {
  template: 'a string',
  name: 'a string',
  version: 'a string',
  metadata: 'an object',
  tags: 'an array of strings',
};

/**
 * A text, or options with one, as options. `where` opens the messages of errors, for instance
 * ``  `@promptTemplate` on `Librarian.recommendBook`  ``.
 */
export function templateOptions<Options extends TemplateOptions = TemplateOptions>(
  where: string,
  given: unknown,
  more?: OptionTypes<Omit<Options, keyof TemplateOptions>>,
): Options {
  const types = { ...OPTIONS, ...more } as OptionTypes<Options>;
  const fields = typeof given === 'string' ? { template: given } : (given ?? {});
  const remedy = 'Pass the text, or { template }.';
  if (typeof fields !== 'object' || Array.isArray(fields)) {
    throw misuse(where, `expected a template, got ${described(given)}`, remedy);
  }
  const options = checkOptions(where, fields, types);
  if ((options.template as unknown) === undefined) throw misuse(where, 'there is no template', remedy);
  return options;
}

/** What a template belongs to. */
type Owner = Pick<PromptTemplate, 'params' | 'isOfClass' | 'place'>;

/** Throws a `DecotelError` for a malformed template. */
export function parseTemplate(where: string, options: TemplateOptions, owner?: Owner): PromptTemplate {
  const { template: source, name, metadata, tags } = options;
  const fail = (problem: string, index?: number): never => {
    const position = index === undefined ? '' : positionAt(source, index);
    throw new DecotelError(`${where}: prompt template ${quoted(source)}${position}: ${problem}.`);
  };
  // As it was written it is parsed for its mistakes alone: their positions are those of the source file.
  parseParts(source, fail);
  const template = stripIndentation(source);
  const sections = parseSections(template, fail);
  return {
    ...owner,
    record: {
      template,
      name,
      version: options.version ?? contentHash(template),
      metadata: metadata && { ...metadata },
      tags: tags && [...tags],
    },
    parts: sections.flatMap(({ parts }) => parts),
    sections,
  };
}

function positionAt(text: string, index: number): string {
  const lines = text.slice(0, index).split('\n');
  return `, line ${String(lines.length)}, column ${String((lines.at(-1)?.length ?? 0) + 1)}`;
}

const HEADING = /^(SYSTEM|USER|ASSISTANT|MESSAGES):[ \t]*/m;

function parseSections(text: string, fail: Fail): TemplateSection[] {
  const [opening = '', ...titled] = text.split(HEADING);
  const untitled = parseParts(titled.length === 0 ? opening : opening.trim(), fail);
  const sections: TemplateSection[] = untitled.length === 0 ? [] : [{ heading: '', role: 'user', parts: untitled }];
  for (let index = 0; index < titled.length; index += 2) {
    const [title = '', body = ''] = titled.slice(index);
    const role = title.toLowerCase() as TemplateSection['role'];
    let parts = parseParts(stripIndentation(body.trimEnd()).trimStart(), fail);
    if (role === 'messages') {
      const [history] = parts;
      if (typeof history !== 'object' || parts.length > 1)
        fail(`MESSAGES: takes one variable alone, got ${quoted(body)}`);
      parts = [{ ...history, format: 'messages' }];
    } else if (role !== 'user' && parts.some(isPart))
      fail(`images and parts go into USER:, not into ${title}: ${quoted(body)}`);
    sections.push({ heading: `${title}: `, role, parts });
  }
  return sections;
}
