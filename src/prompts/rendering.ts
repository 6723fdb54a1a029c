import { DecotelError } from '../core/decotel-error.js';
import type { PromptRecord } from '../core/record.js';
import { snapshot, snapshotText } from '../core/snapshot.js';
import { PART_SHAPES, readParts, type PartShape, type PromptParts, type PromptSdk } from './content-parts.js';
import { announce, type RenderedPrompt } from './frame.js';
import { imageRecord, type Image } from './image.js';
import { isPart, type PartPlaceholder, type Placeholder, type TemplatePart } from './placeholder.js';
import { promptRecord, templateNamed, type PromptTemplate, type TemplateSection } from './template.js';
import { messagesOf, plainText, Unprintable, valueText } from './value-text.js';

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
  private readonly values = new Map<string, unknown>();
  /** Images are read once, for the message and for the record. */
  private readonly parts = new Map<string, readonly object[]>();

  /** `find` is asked once for each variable of the template. `place` says in messages whose template it is. */
  constructor(
    private readonly template: PromptTemplate,
    find: (placeholder: Placeholder) => unknown,
    private readonly place: string,
  ) {
    for (const part of template.parts) {
      if (typeof part !== 'string' && !this.values.has(part.path)) this.values.set(part.path, find(part));
    }
  }

  /** `describe` writes what is no text. */
  text(describe?: (part: PartPlaceholder) => string): string {
    return this.template.sections.map(({ heading, parts }) => heading + this.join(parts, describe)).join('\n');
  }

  /** Messages without content are left out: some providers reject them. */
  messages(sdk?: PromptSdk): PromptMessage<PromptSdk>[] {
    return this.template.sections.flatMap((section) => this.sectionMessages(section, sdk));
  }

  record(): PromptRecord {
    const values = new Map(this.values);
    for (const part of this.template.parts) {
      if (!isPart(part) || !part.format.startsWith('image')) continue;
      const images = this.partsOf(part).map((image) => imageRecord(image as Image));
      values.set(part.path, part.format === 'images' ? images : (images[0] ?? null));
    }
    const variables = snapshot(Object.fromEntries(values)) as Record<string, unknown>;
    const rendered = snapshotText(this.text(({ path }) => plainText(variables[path])));
    return {
      ...promptRecord(this.template),
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

  private sectionMessages({ role, parts }: TemplateSection, sdk: PromptSdk | undefined): PromptMessage<PromptSdk>[] {
    // The application's own messages, whatever they hold beside text.
    if (role === 'messages') return this.read(parts[0] as Placeholder, messagesOf) as PromptMessage[];
    const content = parts.some(isPart) ? this.content(parts, sdk) : this.join(parts);
    return content.length === 0 ? [] : [{ role, content } as PromptMessage<PromptSdk>];
  }

  /** Text where nothing stands beside it in the end. Blank text between parts is left out: providers reject it. */
  private content(parts: readonly TemplatePart[], sdk: PromptSdk | undefined): string | object[] {
    const { textType, image } = this.shape(sdk);
    const content: object[] = [];
    let text = '';
    const endText = (): void => {
      text = text.trim();
      if (text !== '') content.push({ type: textType, text });
      text = '';
    };
    for (const part of parts) {
      if (!isPart(part)) {
        text += this.join([part]);
        continue;
      }
      const items = this.partsOf(part);
      if (items.length > 0) endText();
      content.push(...(part.format.startsWith('image') ? items.map((item) => image(item as Image)) : items));
    }
    if (content.length === 0) return text;
    endText();
    return content;
  }

  private shape(sdk: PromptSdk | undefined): PartShape {
    if (sdk !== undefined && Object.hasOwn(PART_SHAPES, sdk)) return PART_SHAPES[sdk];
    const known = Object.keys(PART_SHAPES).map((name) => `'${name}'`);
    throw this.failure(
      `whose parts its messages are made of is not known. Name the SDK, ${known.join(', ')}: promptMessages(variables, 'openai')`,
    );
  }

  private partsOf(part: PartPlaceholder): readonly object[] {
    const key = `${part.path}:${part.format}`;
    const parts = this.parts.get(key) ?? this.read(part, readParts);
    this.parts.set(key, parts);
    return parts;
  }

  private join(parts: readonly TemplatePart[], describe?: (part: PartPlaceholder) => string): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        return describe !== undefined && isPart(part) ? describe(part) : this.read(part, valueText);
      })
      .join('');
  }

  private read<Format, Result>(
    { path, format }: Placeholder & { format: Format },
    print: (value: unknown, format: Format) => Result,
  ): Result {
    try {
      return print(this.values.get(path), format);
    } catch (failure) {
      if (!(failure instanceof Unprintable)) throw failure;
      throw this.failure(`the value of {${path}} ${failure.message}`, failure.cause);
    }
  }

  private failure(problem: string, cause?: unknown): DecotelError {
    return new DecotelError(`${templateNamed(this.template, this.place)}: ${problem}.`, { cause });
  }
}
