import { DecotelError } from '../core/decotel-error.js';
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
  readonly params: ParamReaders | undefined;
  /** Declared on the class: a plain name is a field of the instance first. */
  readonly isOfClass: boolean;
  /** The method that carries the template, or what else defined it, for messages. */
  place(self: unknown): string;
}

/** What a template is made of, as the application gave it. */
export interface TemplateSource {
  readonly template: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly metadata?: PromptMetadata | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly params?: ParamReaders | undefined;
  readonly isOfClass?: boolean;
  place(self: unknown): string;
}

/**
 * Parses a template. `declaredBy` opens the message of the `DecotelError` that a malformed one throws, for instance
 * ``  `@promptTemplate` on `Librarian.recommendBook`  ``.
 */
export function parseTemplate(source: TemplateSource, declaredBy: string): PromptTemplate {
  // The text as it was written is parsed for its mistakes alone: their positions are those of the source file.
  parseParts(source.template, failureOf(source.template, declaredBy));
  const template = stripIndentation(source.template);
  const sections = parseSections(template, failureOf(template, declaredBy));
  return {
    template,
    name: source.name,
    version: source.version ?? contentHash(template),
    metadata: source.metadata && { ...source.metadata },
    tags: source.tags && [...source.tags],
    parts: sections.flatMap(({ parts }) => parts),
    sections,
    params: source.params,
    isOfClass: source.isOfClass ?? false,
    place: (self) => source.place(self),
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
        problem: 'MESSAGES: takes one variable that holds messages, and nothing else: MESSAGES: {history}',
      });
    }
    if (role !== 'user' && parts.some(isPart)) {
      fail({ index: start, problem: `images and parts go into USER: sections, not into ${title}:` });
    }
    return { heading: `${title}: `, role, parts };
  });
  return untitled.length > 0 ? [{ heading: '', role: 'user', parts: untitled }, ...sections] : sections;
}

function failureOf(template: string, declaredBy: string): (malformation: Malformation) => never {
  return ({ index, problem }) => {
    const before = template.slice(0, index).split('\n');
    const position = `line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`;
    throw new DecotelError(
      `${declaredBy}: the prompt template ${quoted(template)} is malformed at ${position}: ${problem}.`,
    );
  };
}

const LONGEST_QUOTE = 80;

/** Opens the message of an error about a template: which, and whose. */
export function templateNamed({ template }: PromptTemplate, place: string): string {
  return `Prompt template ${quoted(template)} of ${place}`;
}

/** A template in a message: on one line, and not longer than one. */
export function quoted(template: string): string {
  const line = template.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line);
}
