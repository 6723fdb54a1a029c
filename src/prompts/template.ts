import { DecotelError } from '../core/decotel-error.js';
import type { PromptRecord } from '../core/record.js';
import { contentHash } from './content-hash.js';
import { stripIndentation } from './indentation.js';
import { isPart, parseParts, type Malformation, type Placeholder, type TemplatePart } from './placeholder.js';

export type PromptMetadata = NonNullable<PromptRecord['metadata']>;

export type PromptRole = 'system' | 'user' | 'assistant';

/** A message of the template, or the place where messages of the application go. */
export type TemplateSection =
  | { readonly role: PromptRole; readonly parts: readonly TemplatePart[] }
  | { readonly role: 'messages'; readonly history: Placeholder };

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
  /** The whole text, role headings included. */
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
  const { parts, sections } = parseSections(template, failureOf(template, declaredBy));
  return {
    template,
    name: source.name,
    version: source.version ?? contentHash(template),
    metadata: source.metadata && { ...source.metadata },
    tags: source.tags && [...source.tags],
    parts,
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

function parseSections(
  text: string,
  fail: (malformation: Malformation) => never,
): Pick<PromptTemplate, 'parts' | 'sections'> {
  const headings = [...text.matchAll(HEADING)];
  const opening = parseParts(text.slice(0, headings[0]?.index), fail);
  if (headings.length === 0) return { parts: opening, sections: [{ role: 'user', parts: opening }] };
  const parts = [...opening];
  const sections: TemplateSection[] = [];
  const untitled = parseParts(text.slice(0, headings[0]?.index).trim(), fail);
  if (untitled.length > 0) sections.push({ role: 'user', parts: untitled });
  headings.forEach(([heading, title], order) => {
    const start = (headings[order]?.index ?? 0) + heading.length;
    const body = text.slice(start, headings[order + 1]?.index);
    if (title === 'MESSAGES') {
      const history = soleVariable(body, start, fail);
      parts.push(heading, history, body.slice(body.trimEnd().length));
      sections.push({ role: 'messages', history });
    } else {
      parts.push(heading, ...parseParts(body, fail));
      const role = title?.toLowerCase() as PromptRole;
      const section = parseParts(stripIndentation(body.trimEnd()).trimStart(), fail);
      if (role !== 'user' && section.some(isPart)) {
        fail({ index: start, problem: `images and parts go into USER: sections, not into ${heading.trim()}` });
      }
      sections.push({ role, parts: section });
    }
  });
  return { parts, sections };
}

function soleVariable(body: string, index: number, fail: (malformation: Malformation) => never): Placeholder {
  const [variable, ...more] = parseParts(body.trim(), fail);
  if (typeof variable !== 'object' || more.length > 0) {
    fail({ index, problem: 'MESSAGES: takes one variable that holds messages, and nothing else: MESSAGES: {history}' });
  }
  return { ...variable, format: 'messages' };
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

/** A template in a message: on one line, and not longer than one. */
export function quoted(template: string): string {
  const line = template.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line);
}
