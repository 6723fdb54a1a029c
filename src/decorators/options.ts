import type { CallOptions } from '../spans/definition.js';
import { isContentRule } from '../core/settings.js';
import { described, misuse } from './misuse.js';

const CHECKS = {
  'a string': (value: unknown) => typeof value === 'string',
  'a number': isNumber,
  'a function': isFunction,
  'a string or a function': (value: unknown) => typeof value === 'string' || isFunction(value),
  'a number or a function': (value: unknown) => isNumber(value) || isFunction(value),
  'an object': isObject,
  // Schemas of some libraries are functions.
  'a schema': (value: unknown) => isObject(value) || isFunction(value),
  'an object or an array': (value: unknown) => typeof value === 'object' && value !== null,
  'true, false or { input, output, tools, retrieval }, each true or false': isContentRule,
  '{ inputToken, outputToken } in US dollars': isPrice,
  'an array of strings': (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** What an option must be, in the words of the message that says so. */
export type OptionType = keyof typeof CHECKS;

export type OptionTypes<Options> = Readonly<Record<keyof Options, OptionType>>;

export const CALL_OPTIONS: OptionTypes<CallOptions> = {
  name: 'a string',
  attributes: 'an object',
  tags: 'an array of strings',
  metadata: 'an object',
  content: 'true, false or { input, output, tools, retrieval }, each true or false',
  capture: 'a function',
};

/** Returns a copy of the options; an unknown one, or one of another type, throws. Undefined ones are left out. */
export function checkOptions<Options extends object>(
  decorator: string,
  place: string,
  options: unknown,
  types: OptionTypes<Options>,
): Options {
  if (!isObject(options)) {
    throw misuse(decorator, place, `expected options, got ${described(options)}`, 'Pass an object, or nothing.');
  }
  const known = types as Readonly<Record<string, OptionType | undefined>>;
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type === undefined) {
      throw misuse(decorator, place, `unknown option \`${name}\``, `There are ${Object.keys(known).join(', ')}.`);
    }
    if (value === undefined) continue;
    if (!CHECKS[type](value)) {
      throw misuse(decorator, place, `option \`${name}\` is ${described(value)}`, `It must be ${type}.`);
    }
    checked[name] = value;
  }
  return checked as Options;
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPrice(value: unknown): boolean {
  const isOne = ([name, price]: [string, unknown]): boolean =>
    /^(?:in|out)putToken$/.test(name) && (price === undefined || (isNumber(price) && (price as number) >= 0));
  return isObject(value) && Object.entries(value).every(isOne);
}
