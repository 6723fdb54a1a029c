import { parameterTokens, splitTokens } from './function-source.js';

export type AnyFunction = (...args: never[]) => unknown;

/** Finds a value among the arguments; `DEFAULTED` where only the function itself can compute it. */
type Read = (args: unknown) => unknown;

/** One name that a parameter list binds. */
export interface Binding {
  /** As the body of the function knows it. */
  readonly name: string;
  /** As the caller's object knows it; it survives minification. */
  readonly key: string | undefined;
  readonly read: Read;
}

interface ParameterList {
  readonly names: readonly (string | undefined)[];
  readonly bindings: readonly Binding[];
}

/** Stands for a default value that only the function itself can compute. */
export const DEFAULTED = Symbol();

const lists = new WeakMap<AnyFunction, ParameterList | undefined>();

/**
 * The names of a function's parameters in their order, read from its source: undefined for one that is destructured.
 * Undefined as a whole where the source cannot be read (native, bound, a class).
 */
export function parameterNames(method: AnyFunction): readonly (string | undefined)[] | undefined {
  return parametersOf(method)?.names;
}

/** What the parameters bind, destructured ones too; undefined where the source cannot be read. */
export function boundNames(method: AnyFunction): readonly Binding[] | undefined {
  return parametersOf(method)?.bindings;
}

/** The one called `name`: a parameter, a destructured variable, else a destructured key. */
export function bindingNamed(bindings: readonly Binding[], name: string): Binding | undefined {
  return bindings.find((one) => one.name === name) ?? bindings.find((one) => one.key === name);
}

function parametersOf(method: AnyFunction): ParameterList | undefined {
  if (!lists.has(method)) lists.set(method, readParameters(method));
  return lists.get(method);
}

function readParameters(method: AnyFunction): ParameterList | undefined {
  try {
    const tokens = parameterTokens(Function.prototype.toString.call(method));
    if (tokens === undefined) return undefined;
    const parameters = pieces(tokens);
    const firsts = parameters.map((parameter) => parameter.find((token) => token !== '...'));
    return {
      names: firsts.map((first) => (first === '{' || first === '[' ? undefined : first)),
      bindings: elements(parameters, (args) => args),
    };
  } catch {
    return undefined;
  }
}

/** What stands between commas; a comma at the end adds nothing. */
function pieces(tokens: readonly string[]): string[][] {
  const all = splitTokens(tokens, ',');
  if (all.at(-1)?.length === 0) all.pop();
  return all;
}

/** The elements of a parameter list or an array pattern. */
function elements(all: readonly string[][], read: Read): Binding[] {
  const rest = (index: number): Read => reading(read, (list) => (Array.isArray(list) ? list.slice(index) : list));
  return all.flatMap((tokens, index) =>
    tokens[0] === '...' ? target(tokens.slice(1), rest(index)) : element(tokens, index, read),
  );
}

/** A binding pattern with its default value: `name`, `name = value`, `{ … }`, `[ … ]`. */
function element(tokens: readonly string[], key: string | number, read: Read): Binding[] {
  const [pattern = [], fallback] = splitTokens(tokens, '=');
  const standIn = fallback && literal(fallback.join(''));
  const member = reading(read, (holder) => {
    const value = (holder as Record<string | number, unknown> | null | undefined)?.[key];
    return value === undefined ? standIn : value;
  });
  return target(pattern, member, typeof key === 'string' ? key : undefined);
}

/** A step further, where the steps before it led to a value. */
function reading(read: Read, step: (holder: unknown) => unknown): Read {
  return (args) => {
    const holder = read(args);
    return holder === DEFAULTED ? holder : step(holder);
  };
}

function target(tokens: readonly string[], read: Read, key?: string): Binding[] {
  const [first] = tokens;
  const inner = first === '[' || first === '{' ? pieces(tokens.slice(1, -1)) : [];
  if (first === '[') return elements(inner, read);
  // The key of a nested pattern names the whole of it: `{book}` for `({ book: { title } })`.
  const name = first === '{' ? key : first;
  return [...(name === undefined ? [] : [{ name, key, read }]), ...members(inner, read)];
}

function members(all: readonly string[][], read: Read): Binding[] {
  const keys: string[] = [];
  return all.flatMap((tokens) => {
    const [first = '['] = tokens;
    if (first === '...')
      return target(
        tokens.slice(1),
        reading(read, (holder) => others(holder, keys)),
      );
    // A computed key is known to nobody but the function.
    if (first === '[') return [];
    const quoted = literal(first);
    const key = typeof quoted === 'string' ? quoted : first;
    keys.push(key);
    return element(tokens[1] === ':' ? tokens.slice(2) : tokens, key, read);
  });
}

function others(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** The value of a plain literal, `DEFAULTED` for any other expression. Blanks between its tokens are gone. */
function literal(source: string): unknown {
  if (source === 'undefined' || source === 'void0') return undefined;
  const number = Number(source);
  if (!Number.isNaN(number)) return number;
  const [, single, plain] = /^(?:'([^'\\]*)'|`([^`\\$]*)`)$/.exec(source) ?? [];
  try {
    return single ?? plain ?? (JSON.parse(source) as unknown);
  } catch {
    return DEFAULTED;
  }
}
