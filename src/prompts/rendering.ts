import { DecotelError } from '../core/decotel-error.js';
import type { PromptRecord } from '../core/record.js';
import { snapshot, snapshotText } from '../core/snapshot.js';
import type { RenderedPrompt } from './frame.js';
import type { Placeholder, TemplatePart, ValueFormat } from './placeholder.js';
import { quoted, type PromptRole, type PromptTemplate, type TemplateSection } from './template.js';
import { messagesOf, Unprintable, valueText } from './value-text.js';

/** A message as the SDKs take it: a union over the roles, so that it fits their own unions. */
export type PromptMessage = { [Role in PromptRole]: { role: Role; content: string } }[PromptRole];

/** A template with its values. */
export class Rendering implements RenderedPrompt {
  private readonly values = new Map<string, unknown>();

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

  text(): string {
    return this.join(this.template.parts);
  }

  /** Messages without text are left out: some providers reject them. */
  messages(): PromptMessage[] {
    return this.template.sections.flatMap((section) => this.sectionMessages(section));
  }

  record(): PromptRecord {
    const { name, version, template } = this.template;
    const rendered = snapshotText(this.text());
    return {
      name,
      version,
      template,
      variables: snapshot(Object.fromEntries(this.values)) as Record<string, unknown>,
      rendered: typeof rendered === 'string' ? rendered : JSON.stringify(rendered),
    };
  }

  private sectionMessages(section: TemplateSection): PromptMessage[] {
    if (section.role === 'messages') return this.history(section.history);
    const content = this.join(section.parts);
    return content === '' ? [] : [{ role: section.role, content }];
  }

  /** The application's own messages, whatever they hold beside text. */
  private history({ path }: Placeholder): PromptMessage[] {
    return this.printable(path, () => messagesOf(this.values.get(path)) as PromptMessage[]);
  }

  private join(parts: readonly TemplatePart[]): string {
    return parts.map((part) => (typeof part === 'string' ? part : this.valueOf(part))).join('');
  }

  private valueOf({ path, format }: { path: string; format: ValueFormat }): string {
    return this.printable(path, () => valueText(this.values.get(path), format));
  }

  private printable<Result>(path: string, print: () => Result): Result {
    try {
      return print();
    } catch (failure) {
      if (!(failure instanceof Unprintable)) throw failure;
      const what = `Prompt template ${quoted(this.template.template)} of ${this.place}`;
      throw new DecotelError(`${what}: the value of {${path}} ${failure.message}.`, { cause: failure.cause });
    }
  }
}
