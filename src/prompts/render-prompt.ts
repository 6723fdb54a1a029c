import { decoratedBy } from '../core/decorated.js';
import { described, misuse } from '../core/misuse.js';
import type { PromptSdk } from './content-parts.js';
import { Rendering, type PromptMessage } from './rendering.js';
import type { PromptTemplate } from './template.js';
import { givenVariables } from './variables.js';

/** Any class. One whose constructor is private fits no constructor type. */
interface AnyClass {
  readonly name: string;
  readonly prototype: object;
}

/**
 * The text of a method's prompt template, rendered without calling the method: for tests. All variables are given;
 * those of `{this.reader}` as `{ this: { reader } }`. Nothing is recorded.
 *
 * Throws a `DecotelError` where it is given no class, the method has no template or a variable has no value.
 *
 * ```ts
 * renderPrompt(Librarian, 'recommendBook', { genre: 'fantasy', this: { reader: 'Ann' } });
 * ```
 */
export function renderPrompt(owner: AnyClass, method: string, variables: object = {}): string {
  return rendering('renderPrompt', owner, method, variables).text();
}

/** The same as messages, see `promptMessages`. */
export function renderPromptMessages(owner: AnyClass, method: string, variables?: object): PromptMessage[];
export function renderPromptMessages<Sdk extends PromptSdk>(
  owner: AnyClass,
  method: string,
  variables: object,
  sdk: Sdk,
): PromptMessage<Sdk>[];
export function renderPromptMessages(
  owner: AnyClass,
  method: string,
  variables: object = {},
  sdk?: PromptSdk,
): PromptMessage<PromptSdk>[] {
  return rendering('renderPromptMessages', owner, method, variables).messages(sdk);
}

function rendering(caller: string, owner: AnyClass, method: string, variables: object): Rendering {
  const given: unknown = owner;
  if (typeof given !== 'function') {
    throw misuse(caller, `expected a class, got ${described(given)}`, 'Pass the class, not an instance of it.');
  }
  const place = `\`${owner.name}.${method}\``;
  const template = templateOf(owner.prototype, method) ?? templateOf(owner, method);
  if (template === undefined) {
    const remedy = "Name a method with @promptTemplate, which goes above other libraries' decorators.";
    throw misuse(caller, `${place} has no prompt template`, remedy);
  }
  return new Rendering(template, givenVariables(variables), place);
}

/** The nearest method of that name, own or inherited, as a call would find it. */
function templateOf(owner: object, method: string): PromptTemplate | undefined {
  for (let object: object | null = owner; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    const value: unknown = Object.getOwnPropertyDescriptor(object, method)?.value;
    if (value !== undefined) return decoratedBy<{ prompt?: PromptTemplate }>(value)?.definition.prompt;
  }
  return undefined;
}
