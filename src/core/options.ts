import { described, misuse, thereAre } from './misuse.js';
import { isContentRule } from './settings.js';

const CHECKS = {
  'a string': isString,
  'a number': isNumber,
  'a function': isFunction,
  'an object': isObject,
  'an array': Array.isArray,
  'an array of strings': (value: unknown) => Array.isArray(value) && value.every(isString),
  // Schemas of some libraries are functions.
  'a schema': (value: unknown) => isObject(value) || isFunction(value),
  'a boolean': isContentRule,
  '{ input, output, tools, retrieval } of booleans': isContentRule,
  '{ inputToken, outputToken } in US dollars': isPrice,
};

type Check = keyof typeof CHECKS;

/** What an option must be, in the words of the message that says so. */
export type OptionType = Check | `${Check} or ${Check}`;

export type OptionTypes<Options> = Readonly<Record<keyof Options, OptionType>>;

/** Returns a copy of the options; an unknown one, or one of another type, throws. Undefined ones are left out. */
export function checkOptions<Options extends object>(
  where: string,
  options: unknown,
  types: OptionTypes<Options>,
): Options {
  requireOptions(where, options);
  const known = types as Readonly<Record<string, OptionType | undefined>>;
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type === undefined) {
      throw misuse(where, `unknown option \`${name}\``, thereAre(Object.keys(known)));
    }
    if (value === undefined) continue;
    if (!type.split(' or ').some((one) => CHECKS[one as Check](value))) {
      throw misuse(where, `option \`${name}\` is ${describedWhole(value)}`, `It must be ${type}.`);
    }
    checked[name] = value;
  }
  return checked as Options;
}

/** Options that are checked for no more than being some. */
export function requireOptions(where: string, options: unknown): asserts options is object {
  if (!isObject(options)) {
    throw misuse(where, `expected options, got ${described(options)}`, 'Pass an object, or nothing.');
  }
}

/** Of a list or an object it is most often a member that is wrong. */
function describedWhole(value: unknown): string {
  const members = typeof value === 'object' && value !== null ? Object.entries(value).slice(0, MOST_MEMBERS) : [];
  const shown = members.map(([name, member]) => `${name}: ${described(member)}`).join(', ');
  return shown === '' ? described(value) : `${described(value)} (${shown})`;
}

const MOST_MEMBERS = 4;

function isString(value: unknown): boolean {
  return typeof value === 'string';
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
