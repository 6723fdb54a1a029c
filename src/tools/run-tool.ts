import { thereAre } from '../core/misuse.js';
import { snapshot } from '../core/snapshot.js';
import { handOver, splitNotes } from './call-facts.js';
import { checkArguments } from './input.js';
import { isObject } from './json-schema.js';
import { toolsIn } from './tool-methods.js';

/** A call as a model asks for it, whoever's model it is. */
export interface ModelCall {
  readonly name: string;
  readonly id: string | undefined;
  /** The arguments: an object, or JSON. */
  readonly given: unknown;
}

/** What a tool gave; or, where it was not run, what the model is told instead. */
export type ToolOutcome = { readonly value: unknown } | { readonly refusal: string };

/** Runs the tool that a model asks for. Rejects only with what the tool, or its schema, throws. */
export async function runTool(
  self: object,
  { name, id, given: asked }: ModelCall,
  options?: unknown,
): Promise<ToolOutcome> {
  const tools = toolsIn(self);
  const tool = tools.get(name);
  if (tool === undefined) {
    return { refusal: `There is no tool ${JSON.stringify(name)}. ${thereAre([...tools.keys()])}` };
  }
  const given = argumentsIn(asked);
  if (given === undefined) return { refusal: `The arguments of ${name} must be a JSON object.` };
  const [plain, notes] = splitNotes(given);
  const checked = await checkArguments(tool, plain);
  if ('problem' in checked) return { refusal: `The arguments of ${name} do not fit: ${checked.problem}.` };
  const values = options === undefined || tool.input === undefined ? checked.values : [...checked.values, options];
  const result = handOver({ id, notes }, () => Reflect.apply(tool.method, self, values));
  return { value: await collected(await result) };
}

/** Models leave the arguments out, or empty, where there are none. */
function argumentsIn(given: unknown): object | undefined {
  try {
    const value: unknown = typeof given === 'string' ? JSON.parse(given.trim() || '{}') : (given ?? {});
    return isObject(value) && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A model is told of a stream what it comes to. */
async function collected(value: unknown): Promise<unknown> {
  if (!isStream(value)) return value;
  const chunks: unknown[] = [];
  for await (const chunk of value) chunks.push(chunk);
  return chunks.every((chunk) => typeof chunk === 'string') ? chunks.join('') : chunks;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  if (!isObject(value)) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}

/** What a model is told, as text. */
export function outcomeText(outcome: ToolOutcome): string {
  const told = outcomeJson(outcome);
  return typeof told === 'string' ? told : JSON.stringify(told);
}

/** What a model is told, as plain JSON: a text stays one. */
export function outcomeJson(outcome: ToolOutcome): unknown {
  const told: unknown = 'refusal' in outcome ? outcome.refusal : (outcome.value ?? null);
  try {
    return JSON.parse(JSON.stringify(told)) as unknown;
  } catch {
    // A bigint, a circle, a getter that throws.
    return isObject(told) ? (JSON.parse(JSON.stringify(snapshot(told) ?? null)) as unknown) : String(told);
  }
}
