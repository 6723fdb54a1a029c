/** JSON Schema, as far as models are told it and arguments are checked against it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly enum?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

/**
 * What is wrong with a value by `type`, `enum`, `required`, `properties`, `additionalProperties: false` and `items`,
 * which is what models get wrong. Other keywords are not checked.
 */
export function problemIn(value: unknown, schema: JsonSchema, path = ''): string | undefined {
  const { type, enum: choices, properties = {}, required = [], items } = schema;
  const where = path === '' ? 'it' : path;
  const types = [type ?? []].flat();
  if (types.length > 0 && !types.some((one) => isOfType(value, one))) return `${where} must be ${types.join(' or ')}`;
  if (choices !== undefined && !choices.includes(value)) return `${where} must be one of ${JSON.stringify(choices)}`;
  if (!isObject(value)) return undefined;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${within(path, missing)} is missing`;
  for (const [name, member] of Object.entries(value)) {
    const known = Array.isArray(value) ? items : Object.hasOwn(properties, name) ? properties[name] : undefined;
    const inner = within(path, name);
    if (!Array.isArray(value) && known === undefined && schema['additionalProperties'] === false)
      return `${inner} is not known`;
    const problem = isObject(known) ? problemIn(member, known as JsonSchema, inner) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
}
