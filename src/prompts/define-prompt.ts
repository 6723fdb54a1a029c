import { misuse, quoted } from '../core/misuse.js';
import type { PromptSdk } from './content-parts.js';
import type { PromptVariables, TextArguments, WithoutThis } from './prompt-variables.js';
import { Rendering, type PromptMessage } from './rendering.js';
import { parseTemplate, templateOptions, type PromptMetadata } from './template.js';
import { givenVariables } from './variables.js';

/** A prompt as a value: called with its variables, it returns the text. */
export interface DefinedPrompt<Template extends string = string> {
  (...variables: TextArguments<Template>): string;
  /** The role sections as messages, see `promptMessages`. */
  messages(...variables: TextArguments<Template>): PromptMessage[];
  messages<Sdk extends PromptSdk>(variables: PromptVariables<Template>, sdk: Sdk): PromptMessage<Sdk>[];
  /** The text without common indentation and outer blank lines. */
  readonly template: string;
  readonly name: string | undefined;
  /** A short hash of `template` unless one was given. */
  readonly version: string;
}

export interface DefinedPromptOptions<Template extends string = string> {
  template: Template & WithoutThis<Template>;
  /** Recorded as `gen_ai.prompt.name`. */
  name?: string;
  /** Recorded as `gen_ai.prompt.version`. Default: a short hash of the template. */
  version?: string;
  /** Recorded as `decotel.prompt.metadata.<key>`. */
  metadata?: PromptMetadata;
  /** Recorded as `decotel.prompt.tags`. */
  tags?: readonly string[];
}

/**
 * A prompt template as a value, typed by its text: a wrong or missing variable is a compile error. Rendered inside a
 * decorated method, it is recorded on that call. Throws a `DecotelError` for a malformed template, and at a call
 * where a variable has no value.
 *
 * ```ts
 * const recommend = definePrompt('Recommend a {genre} book for {reader.name}');
 * recommend({ genre: 'fantasy', reader: { name: 'Ann' } });
 * ```
 */
export function definePrompt<const Template extends string>(
  source: (Template & WithoutThis<Template>) | DefinedPromptOptions<Template>,
): DefinedPrompt<Template>;
export function definePrompt(source: unknown): DefinedPrompt {
  const where = '`definePrompt`';
  const template = parseTemplate(where, templateOptions(where, source));
  const { template: text, name, version } = template.record;
  const ofThis = template.parts.find((part) => typeof part !== 'string' && part.root === 'this');
  if (typeof ofThis === 'object') {
    const problem = `prompt template ${quoted(text)}: there is no \`this\` for {${ofThis.path}}`;
    throw misuse(where, problem, 'Pass a variable.');
  }
  const place = name === undefined ? where : `${where} "${name}"`;
  const render = (variables = {}): Rendering => new Rendering(template, givenVariables(variables), place);
  const prompt = (variables?: object): string => render(variables).announced((rendering) => rendering.text());
  const messages = (variables?: object, sdk?: PromptSdk): object[] =>
    render(variables).announced((rendering) => rendering.messages(sdk));
  const members = { messages, template: text, name, version };
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(prompt, key, { value, enumerable: true, configurable: true });
  }
  return prompt as DefinedPrompt;
}
