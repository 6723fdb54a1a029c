import { DecotelError } from '../core/decotel-error.js';
import { misuse } from '../core/misuse.js';
import { checkOptions, type OptionTypes } from '../core/options.js';
import type { PromptRecord } from '../core/record.js';
import { contentHash } from './content-hash.js';
import { stripIndentation } from './indentation.js';
import { isPart, parseParts, type Malformation, type TemplatePart } from './placeholder.js';

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
  /** The text without its common indentation and outer blank lines. */
  readonly template: string;
  readonly name: string | undefined;
  /** A hash of `template` unless the application gave one. */
  readonly version: string;
  readonly metadata: PromptMetadata | undefined;
  readonly tags: readonly string[] | undefined;
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
  const options = checkOptions(where, typeof given === 'string' ? { template: given } : (given ?? {}), types);
  if ((options.template as unknown) === undefined) {
    throw misuse(where, 'there is no template', 'Pass the text, or { template }.');
  }
  return options;
}

/** What a template belongs to. */
type Owner = Pick<PromptTemplate, 'params' | 'isOfClass' | 'place'>;

/** Throws a `DecotelError` for a malformed template. */
export function parseTemplate(where: string, options: TemplateOptions, owner?: Owner): PromptTemplate {
  // The text as it was written is parsed for its mistakes alone: their positions are those of the source file.
  parseParts(options.template, failureOf(options.template, where));
  const template = stripIndentation(options.template);
  const sections = parseSections(template, failureOf(template, where));
  const { version = contentHash(template), metadata, tags } = options;
  return {
    ...owner,
    template,
    name: options.name,
    version,
    metadata: metadata && { ...metadata },
    tags: tags && [...tags],
    parts: sections.flatMap(({ parts }) => parts),
    sections,
  };
}

/** What is known of a prompt before it is rendered. */
export function promptRecord({ name, version, metadata, tags, template }: PromptTemplate): PromptRecord {
  return { name, version, metadata, tags, template };
}

const HEADING = /^(SYSTEM|USER|ASSISTANT|MESSAGES):[ \t]*/gm;

function parseSections(text: string, fail: (malformation: Malformation) => never): TemplateSection[] {
  const headings = [...text.matchAll(HEADING)];
  const opening = text.slice(0, headings[0]?.index);
  if (headings.length === 0) return [{ heading: '', role: 'user', parts: parseParts(opening, fail) }];
  const untitled = parseParts(opening.trim(), fail);
  const sections = headings.map(({ 0: heading, 1: title = '', index }, order): TemplateSection => {
    const role = title.toLowerCase() as TemplateSection['role'];
    const start = index + heading.length;
    const body = text.slice(start, headings[order + 1]?.index).trimEnd();
    const parts = parseParts(stripIndentation(body).trimStart(), fail);
    if (role === 'messages') {
      const [history] = parts;
      if (typeof history === 'object' && parts.length === 1) {
        return { heading: `${title}: `, role, parts: [{ ...history, format: 'messages' }] };
      }
      fail({
        index: start,
        problem: 'MESSAGES: takes one variable alone: MESSAGES: {history}',
      });
    }
    if (role !== 'user' && parts.some(isPart)) {
      fail({ index: start, problem: `images and parts go into USER:, not into ${title}:` });
    }
    return { heading: `${title}: `, role, parts };
  });
  return untitled.length > 0 ? [{ heading: '', role: 'user', parts: untitled }, ...sections] : sections;
}

function failureOf(template: string, where: string): (malformation: Malformation) => never {
  return ({ index, problem }) => {
    const before = template.slice(0, index).split('\n');
    const position = `line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`;
    throw new DecotelError(`${where}: prompt template ${quoted(template)}, ${position}: ${problem}.`);
  };
}

const LONGEST_QUOTE = 80;

/** A template in a message: on one line, and not longer than one. */
export function quoted(template: string): string {
  const line = template.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line);
}
