import { DecotelError } from '../core/decotel-error.js';
import { quoted } from '../core/misuse.js';
import type { PromptRecord } from '../core/record.js';
import { snapshot, snapshotText } from '../core/snapshot.js';
import { PART_SHAPES, readParts, type PartShape, type PromptParts, type PromptSdk } from './content-parts.js';
import { announce, type RenderedPrompt } from './frame.js';
import { imageRecord, type Image } from './image.js';
import { isPart, type Placeholder, type TemplatePart } from './placeholder.js';
import type { PromptTemplate } from './template.js';
import { messagesOf, plainText, Unprintable, valueText } from './value-text.js';
import { valueOf, type FindVariable } from './variables.js';

/**
 * A message as the SDKs take it: a union over the roles, so that it fits their own unions. With the name of an SDK, a
 * user's content may be a list of its parts.
 */
export type PromptMessage<Sdk extends PromptSdk = never> =
  | { role: 'system'; content: string }
  | { role: 'user'; content: [Sdk] extends [never] ? string : string | PromptParts[Sdk][] }
  | { role: 'assistant'; content: string };

/** A template with its values. */
export class Rendering implements RenderedPrompt {
  readonly #template: PromptTemplate;
  readonly #place: string;
  readonly #values = new Map<string, unknown>();
  /** Images are read once, for the message and for the record. */
  readonly #parts = new Map<TemplatePart, readonly object[]>();

  /** `find` is asked once for each variable of the template. `place` says in messages whose template it is. */
  constructor(template: PromptTemplate, find: FindVariable, place: string) {
    this.#template = template;
    this.#place = place;
    for (const part of template.parts) {
      if (typeof part === 'string') continue;
      if (!this.#values.has(part.path)) {
        const value = valueOf(find, part, (problem) => this.#failure(problem));
        this.#values.set(part.path, value);
      }
      if (isPart(part)) this.#parts.set(part, this.#read(part, readParts));
    }
  }

  /** `describe` writes what is no text. */
  text(describe?: (part: Placeholder) => string): string {
    return this.#template.sections.map(({ heading, parts }) => heading + this.#join(parts, describe)).join('\n');
  }

  /** Messages without content are left out: some providers reject them. */
  messages(sdk?: PromptSdk): PromptMessage<PromptSdk>[] {
    return this.#template.sections.flatMap(({ role, parts }) => {
      // The application's own messages, whatever they hold beside text.
      if (role === 'messages') return this.#read(parts[0] as Placeholder, messagesOf) as PromptMessage[];
      const content = parts.some(isPart) ? this.#content(parts, this.#shape(sdk)) : this.#join(parts);
      return content.length === 0 ? [] : [{ role, content } as PromptMessage<PromptSdk>];
    });
  }

  record(): PromptRecord {
    const values = new Map(this.#values);
    for (const [part, parts] of this.#parts) {
      const { path, format } = part as Placeholder;
      if (!format.startsWith('image')) continue;
      const images = parts.map((image) => imageRecord(image as Image));
      values.set(path, format === 'images' ? images : (images[0] ?? null));
    }
    const variables = snapshot(Object.fromEntries(values)) as Record<string, unknown>;
    const rendered = snapshotText(this.text(({ path }) => plainText(variables[path])));
    return {
      ...this.#template.record,
      variables,
      rendered: typeof rendered === 'string' ? rendered : JSON.stringify(rendered),
    };
  }

  /** What `read` makes of it; where that succeeds, the prompt is recorded. */
  announced<Result>(read: (rendering: this) => Result): Result {
    const result = read(this);
    announce(this);
    return result;
  }

  /** Text where nothing stands beside it in the end. Blank text between parts is left out: providers reject it. */
  #content(parts: readonly TemplatePart[], { textType, image }: PartShape): string | object[] {
    let text = '';
    const content: (string | object)[] = [];
    for (const part of parts) {
      if (isPart(part)) {
        const items = this.#parts.get(part) ?? [];
        if (items.length === 0) continue;
        content.push(text, ...items.map((item) => (part.format.startsWith('image') ? image(item as Image) : item)));
        text = '';
      } else text += this.#join([part]);
    }
    if (content.length === 0) return text;
    return [...content, text].flatMap((item) => {
      if (typeof item !== 'string') return item;
      return item.trim() === '' ? [] : { type: textType, text: item.trim() };
    });
  }

  #shape(sdk: PromptSdk | undefined): PartShape {
    if (sdk !== undefined && Object.hasOwn(PART_SHAPES, sdk)) return PART_SHAPES[sdk];
    const known = Object.keys(PART_SHAPES).join(', ');
    throw this.#failure(`images and parts take the name of an SDK: promptMessages(variables, sdk). There are ${known}`);
  }

  #join(parts: readonly TemplatePart[], describe?: (part: Placeholder) => string): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        return describe !== undefined && isPart(part) ? describe(part) : this.#read(part, valueText);
      })
      .join('');
  }

  #read<Format, Result>(
    { path, format }: Placeholder & { format: Format },
    print: (value: unknown, format: Format) => Result,
  ): Result {
    try {
      return print(this.#values.get(path), format);
    } catch (failure) {
      if (!(failure instanceof Unprintable)) throw failure;
      throw this.#failure(`the value of {${path}} ${failure.message}`, failure.cause);
    }
  }

  #failure(problem: string, cause?: unknown): DecotelError {
    const { record } = this.#template;
    return new DecotelError(`Prompt template ${quoted(record.template)} of ${this.#place}: ${problem}.`, { cause });
  }
}
