import { misuse } from '../core/misuse.js';
import { problemIn, type JsonSchema } from './json-schema.js';
import { parametersFromTypes } from './parameter-types.js';
import type { FoundTool } from './tool-methods.js';

type Result = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A schema of zod, valibot, arktype and others (https://standardschema.dev), with JSON Schema where they give it. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result | Promise<Result>;
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
    readonly jsonSchema?: { readonly input: (options: { target: string }) => Record<string, unknown> };
  };
}

/**
 * What a tool takes: a Standard Schema that knows its JSON Schema (zod 4, arktype), one with its JSON Schema beside it,
 * or plain JSON Schema.
 */
export type ToolInput = StandardSchema | { readonly input: StandardSchema; readonly jsonSchema: object } | JsonSchema;

/** What the method gets. Of plain JSON Schema the compiler knows nothing: it fits every parameter. */
export type InputValue<Input> = unknown extends Input
  ? never
  : Input extends {
        readonly '~standard': { readonly types?: { readonly output: infer Output } | undefined };
      }
    ? Output
    : Input extends { readonly input: infer Inner extends StandardSchema }
      ? InputValue<Inner>
      : never;

/** The arguments for the method, or what is wrong with those that the model gave. */
export type Checked = { readonly values: readonly unknown[] } | { readonly problem: string };

/**
 * The JSON Schema of a tool's parameters, as models are told it.
 *
 * Throws a `DecotelError` where nothing tells them.
 */
export function parametersOf(tool: FoundTool): JsonSchema {
  let schema: object | undefined;
  let cause: unknown;
  try {
    schema = tool.input === undefined ? parametersFromTypes(tool) : jsonSchemaOf(tool.input);
  } catch (failure) {
    cause = failure;
  }
  if (schema === undefined) {
    const remedy =
      'Give it `input`: a schema that knows it (zod 4), `{ input: schema, jsonSchema }`, or plain JSON Schema.';
    throw misuse(`\`@tool\` on ${tool.place}`, 'there is no JSON Schema of its parameters', remedy, cause);
  }
  const { $schema: _, ...parameters } = schema as JsonSchema;
  return parameters;
}

function jsonSchemaOf(input: ToolInput): object | undefined {
  if ('~standard' in input)
    return (input as StandardSchema)['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
  return 'jsonSchema' in input ? (input.jsonSchema as object) : input;
}

/** Checks what a model gave. A schema that throws lets its error through. */
export async function checkArguments(tool: FoundTool, given: Record<string, unknown>): Promise<Checked> {
  const { input } = tool;
  const schema = input && standardSchemaOf(input);
  if (schema !== undefined) {
    const result = await schema['~standard'].validate(given);
    return result.issues === undefined
      ? { values: [result.value] }
      : { problem: result.issues.map(issueText).join('; ') };
  }
  const parameters = parametersOf(tool);
  const problem = problemIn(given, parameters);
  if (problem !== undefined) return { problem };
  return {
    values: input === undefined ? Object.keys(parameters.properties ?? {}).map((name) => given[name]) : [given],
  };
}

function standardSchemaOf(input: ToolInput): StandardSchema | undefined {
  return ('~standard' in input ? input : input['input']) as StandardSchema | undefined;
}

function issueText({ message, path = [] }: Issue): string {
  const steps = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return steps.length === 0 ? message : `${steps.join('.')}: ${message}`;
}
