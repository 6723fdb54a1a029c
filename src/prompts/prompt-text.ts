import { misuse } from '../core/misuse.js';
import type { PromptSdk } from './content-parts.js';
import { currentFrame } from './frame.js';
import { Rendering, type PromptMessage } from './rendering.js';
import { variablesOfCall } from './variables.js';

export type { PromptMessage } from './rendering.js';

/**
 * The rendered prompt template of the running method. Variables that are not given are read from `params` of the
 * template, from `this` (`{this.reader}`) and from the method's parameters. A value that is a function
 * without parameters is called for it. Works without telemetry.
 *
 * Throws a `DecotelError` where a variable has no value, and outside a method with a `@promptTemplate`.
 */
export function promptText(variables?: object): string {
  return render('promptText', variables, (rendering) => rendering.text());
}

/**
 * The running method's prompt template as messages: its sections `SYSTEM:`, `USER:` and `ASSISTANT:`, text before the
 * first of them as a user message, and the messages of a `MESSAGES: {history}` section as they are (the same objects,
 * whatever they hold beyond this type). A value never opens a section; a section without text is left out. Variables
 * and errors are those of `promptText`.
 *
 * A template with images or parts (`{cover:image}`) needs to know whose they become: `promptMessages({}, 'anthropic')`.
 */
export function promptMessages(variables?: object): PromptMessage[];
export function promptMessages<Sdk extends PromptSdk>(variables: object | undefined, sdk: Sdk): PromptMessage<Sdk>[];
export function promptMessages(variables?: object, sdk?: PromptSdk): PromptMessage<PromptSdk>[] {
  return render('promptMessages', variables, (rendering) => rendering.messages(sdk));
}

function render<Result>(caller: string, variables: object | undefined, read: (rendering: Rendering) => Result): Result {
  const frame = currentFrame();
  if (frame === undefined) {
    const remedy = 'Put @promptTemplate on the very method that calls it, or use definePrompt().';
    throw misuse(caller, 'called outside a method with a prompt template', remedy);
  }
  const place = `\`${frame.template.place?.(frame.self) ?? ''}\``;
  return new Rendering(frame.template, variablesOfCall(frame, variables), place).announced(read);
}
