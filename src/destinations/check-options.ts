import { DecotelError } from '../core/decotel-error.js';
import { maskSecrets } from '../core/secrets.js';

/** What one option takes. */
export interface OptionRule {
  /** Completes "expected …". */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** What to do about `value`, where more than "give what is expected" can be said. */
  remedy?(value: unknown): string | undefined;
  /** The options inside, where the value has any. */
  readonly inside?: OptionRules;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

/**
 * Throws a `DecotelError` that says what is wrong with `options`, where, the value seen and the remedy. An undefined
 * option counts as not given.
 */
export function checkOptions(place: string, options: unknown, rules: OptionRules): void {
  if (options === undefined) return;
  if (!isRecord(options)) throw new DecotelError(`${place}: expected an object of options, got ${seen(options)}.`);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(', ');
      throw new DecotelError(`${place}: there is no option ${JSON.stringify(name)}. The options are ${known}.`);
    }
    if (!rule.accepts(value)) {
      const remedy = rule.remedy?.(value);
      throw new DecotelError(
        `${place}: ${name}: expected ${rule.expected}, got ${seen(value)}.${remedy === undefined ? '' : ` ${remedy}`}`,
      );
    }
    if (rule.inside !== undefined && isRecord(value)) checkOptions(`${place}: ${name}`, value, rule.inside);
  }
}

export const text: OptionRule = {
  expected: 'a text that is not empty',
  accepts: (v) => typeof v === 'string' && v !== '',
};
export const flag: OptionRule = { expected: 'true or false', accepts: (v) => typeof v === 'boolean' };
export const positiveNumber: OptionRule = {
  expected: 'a number above 0',
  accepts: (value) => typeof value === 'number' && value > 0,
};
export const aFunction: OptionRule = { expected: 'a function', accepts: (value) => typeof value === 'function' };

export function oneOf(...values: readonly string[]): OptionRule {
  return {
    expected: values.map((value) => JSON.stringify(value)).join(' or '),
    accepts: (value) => typeof value === 'string' && values.includes(value),
  };
}

export function record(inside?: OptionRules): OptionRule {
  return { expected: 'an object', accepts: isRecord, inside };
}

/** An object with these methods. */
export function having(expected: string, ...methods: readonly string[]): OptionRule {
  return { expected, accepts: (value) => hasMethods(value, ...methods) };
}

export const content: OptionRule = {
  expected: 'true, false or an object such as { input: false }',
  accepts: (value) => typeof value === 'boolean' || isRecord(value),
  inside: { input: flag, output: flag, tools: flag, retrieval: flag },
};

export function hasMethods(value: unknown, ...methods: readonly string[]): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MOST_CHARACTERS = 60;

/** A value for a message: texts short, objects by their class only, because they may hold secrets. */
export function seen(value: unknown): string {
  if (typeof value === 'string') {
    const masked = maskSecrets(value);
    return JSON.stringify(masked.length > MOST_CHARACTERS ? `${masked.slice(0, MOST_CHARACTERS)}…` : masked);
  }
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object' || value === null) return String(value);
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object';
}
