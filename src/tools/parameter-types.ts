import { parameterNames } from '../prompts/parameter-names.js';
import type { JsonSchema } from './json-schema.js';
import type { FoundTool } from './tool-methods.js';

interface ReflectMetadata {
  getMetadata?: (key: string, target: object, property: PropertyKey) => unknown;
}

/** `Object` is what the compiler writes for interfaces, unions and `unknown`: anything. */
const SCHEMAS = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Array, { type: 'array', items: {} }],
  [Object, {}],
]);

/**
 * The parameters as one object by name, of the types that the compiler left in `design:paramtypes` (legacy decorators
 * with `emitDecoratorMetadata`, `reflect-metadata` loaded). Undefined where names or types are not known; a method
 * without parameters needs neither.
 */
export function parametersFromTypes({ original, owner, key }: FoundTool): JsonSchema | undefined {
  const names = parameterNames(original);
  if (names === undefined) return undefined;
  const types = (Reflect as ReflectMetadata).getMetadata?.('design:paramtypes', owner, key);
  const properties: Record<string, JsonSchema> = {};
  for (const [index, name] of names.entries()) {
    const schema = SCHEMAS.get((types as unknown[] | undefined)?.[index]);
    if (name === undefined || schema === undefined) return undefined;
    properties[name] = schema;
  }
  // A parameter with a default value, and what comes after it, does not count as one that the method expects.
  return { type: 'object', properties, required: names.slice(0, original.length) as string[] };
}
