import { DecotelError } from '../core/decotel-error.js';
import { announce } from './frame.js';
import type { PromptArguments, WithoutThis } from './prompt-variables.js';
import { Rendering, type PromptMessage } from './rendering.js';
import { parseTemplate, quoted, type PromptTemplate } from './template.js';
import { givenVariables } from './variables.js';

/** A prompt as a value: called with its variables, it returns the text. */
export interface DefinedPrompt<Template extends string = string> {
  (...variables: PromptArguments<Template>): string;
  /** The role sections as messages, see `promptMessages`. */
  messages(...variables: PromptArguments<Template>): PromptMessage[];
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
export function definePrompt(source: string | DefinedPromptOptions): DefinedPrompt {
  const options: unknown = typeof source === 'string' ? { template: source } : source;
  const template = parse(options);
  const place = placeOf(template);
  const render = (variables: object | undefined): Rendering =>
    new Rendering(template, givenVariables(template, place, variables ?? {}), place);
  const prompt = (variables?: object): string => {
    const rendering = render(variables);
    const text = rendering.text();
    announce(rendering);
    return text;
  };
  const messages = (variables?: object): PromptMessage[] => {
    const rendering = render(variables);
    const result = rendering.messages();
    announce(rendering);
    return result;
  };
  const { name, version } = template;
  const members = { messages, template: template.template, name, version };
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(prompt, key, { value, enumerable: true, configurable: true });
  }
  return prompt as DefinedPrompt;
}

function parse(options: unknown): PromptTemplate {
  const { template, name, version } = (options ?? {}) as Record<string, unknown>;
  if (typeof template !== 'string') {
    throw new DecotelError(`\`definePrompt\`: expected a template text or { template }, got ${String(options)}.`);
  }
  const parsed = parseTemplate(
    {
      template,
      name: optionalText('name', name),
      version: optionalText('version', version),
      place: () => 'definePrompt',
    },
    '`definePrompt`',
  );
  for (const part of parsed.parts) {
    if (typeof part === 'string' || part.root !== 'this') continue;
    throw new DecotelError(
      `\`definePrompt\`: the prompt template ${quoted(template)} reads {${part.path}}, but there is no \`this\`. Name a variable and pass it.`,
    );
  }
  return parsed;
}

function optionalText(option: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new DecotelError(`\`definePrompt\`: option \`${option}\` must be a string, got ${typeof value}.`);
}

function placeOf({ name }: PromptTemplate): string {
  return name === undefined ? '`definePrompt`' : `\`definePrompt\` "${name}"`;
}
