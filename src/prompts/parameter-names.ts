import { parameterTokens, splitTokens, type Token } from './function-source.js';

export type AnyFunction = (...args: never[]) => unknown;

/** One name that a parameter list binds, and the way from the arguments to its value. */
interface Binding {
  /** As the body of the function knows it. */
  readonly name: string;
  /** As the caller's object knows it; it survives minification. */
  readonly key: string | undefined;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'member'; readonly key: string | number; readonly fallback: string | undefined }
  | { readonly kind: 'rest'; readonly from: number }
  | { readonly kind: 'others'; readonly keys: readonly string[] };

/** The value of a parameter; `defaulted`: it has a default value that only the function itself can compute. */
export type Argument = { readonly value: unknown } | { readonly defaulted: true };

const bindingsOf = new WeakMap<AnyFunction, readonly Binding[] | undefined>();
const namesOf = new WeakMap<AnyFunction, readonly (string | undefined)[] | undefined>();

/**
 * The names of a function's parameters in their order, read from its source: undefined for one that is destructured.
 * Undefined as a whole where the source cannot be read (native, bound, a class).
 */
export function parameterNames(method: AnyFunction): readonly (string | undefined)[] | undefined {
  if (!namesOf.has(method)) namesOf.set(method, namesByPosition(bindings(method)));
  return namesOf.get(method);
}

/** Every name that the parameters bind, destructured ones too; undefined where the source cannot be read. */
export function boundNames(method: AnyFunction): readonly string[] | undefined {
  return bindings(method)?.map(({ name }) => name);
}

/**
 * The argument called `name`: a parameter, a destructured variable, else a destructured key. Undefined where the
 * function has none of that name. Default values are known where they are plain literals.
 */
export function argumentNamed(method: AnyFunction, args: readonly unknown[], name: string): Argument | undefined {
  const known = bindings(method);
  const binding = known?.find((one) => one.name === name) ?? known?.find((one) => one.key === name);
  return binding === undefined ? undefined : follow(binding.steps, args);
}

function bindings(method: AnyFunction): readonly Binding[] | undefined {
  if (!bindingsOf.has(method)) bindingsOf.set(method, readBindings(method));
  return bindingsOf.get(method);
}

function readBindings(method: AnyFunction): readonly Binding[] | undefined {
  try {
    const source = Function.prototype.toString.call(method);
    const list = parameterTokens(source);
    if (list === undefined) return undefined;
    return pieces(list).flatMap((tokens, index) => new Reader(source).element(tokens, index, []));
  } catch {
    return undefined;
  }
}

function namesByPosition(known: readonly Binding[] | undefined): readonly (string | undefined)[] | undefined {
  if (known === undefined) return undefined;
  const names: (string | undefined)[] = [];
  for (const { name, steps } of known) {
    const [step] = steps;
    const index = step?.kind === 'rest' ? step.from : step?.kind === 'member' ? Number(step.key) : 0;
    names[index] = steps.length === 1 ? name : undefined;
  }
  return Array.from(names);
}

/** Reads binding patterns: `name`, `name = value`, `{ … }`, `[ … ]` and `...rest`. */
class Reader {
  constructor(private readonly source: string) {}

  /** One element of a parameter list or an array pattern. */
  element(tokens: readonly Token[], index: number, steps: readonly Step[]): Binding[] {
    if (tokens[0]?.text === '...')
      return this.target(tokens.slice(1), [...steps, { kind: 'rest', from: index }], undefined);
    const [target, fallback] = this.splitDefault(tokens);
    return this.target(target, [...steps, { kind: 'member', key: index, fallback }], undefined);
  }

  private target(tokens: readonly Token[], steps: readonly Step[], key: string | undefined): Binding[] {
    const inner = tokens.slice(1, -1);
    const [first] = tokens;
    if (first?.text === '[') return pieces(inner).flatMap((piece, index) => this.element(piece, index, steps));
    const bound: Binding[] = first === undefined || first.text === '{' ? [] : [{ name: first.text, key, steps }];
    // The key of a nested pattern names the whole of it: `{book}` for `({ book: { title } })`.
    if (first?.text === '{' && key !== undefined) bound.push({ name: key, key, steps });
    return first?.text === '{' ? [...bound, ...this.members(inner, steps)] : bound;
  }

  private members(tokens: readonly Token[], steps: readonly Step[]): Binding[] {
    const keys: string[] = [];
    return pieces(tokens).flatMap((piece) => {
      const [first] = piece;
      if (first?.text === '...')
        return this.target(piece.slice(1), [...steps, { kind: 'others', keys: [...keys] }], undefined);
      // A computed key is known to nobody but the function.
      if (first === undefined || first.text === '[') return [];
      const quoted = literal(first.text)?.value;
      const key = typeof quoted === 'string' ? quoted : first.text;
      keys.push(key);
      const renamed = piece[1]?.text === ':';
      const [target, fallback] = this.splitDefault(renamed ? piece.slice(2) : piece);
      return this.target(target, [...steps, { kind: 'member', key, fallback }], key);
    });
  }

  private splitDefault(tokens: readonly Token[]): [target: readonly Token[], fallback: string | undefined] {
    const [target = [], ...value] = splitTokens(tokens, '=');
    const first = value[0]?.[0];
    return [target, first === undefined ? undefined : this.source.slice(first.start, tokens.at(-1)?.end)];
  }
}

/** What stands between commas; a comma at the end adds nothing. */
function pieces(tokens: readonly Token[]): Token[][] {
  const all = splitTokens(tokens, ',');
  if (all.at(-1)?.length === 0) all.pop();
  return all;
}

function follow(steps: readonly Step[], args: readonly unknown[]): Argument {
  let value: unknown = args;
  for (const step of steps) {
    if (step.kind === 'rest') value = Array.isArray(value) ? value.slice(step.from) : undefined;
    else if (step.kind === 'others') value = others(value, step.keys);
    else {
      value = (value as Record<string | number, unknown> | null | undefined)?.[step.key];
      if (value !== undefined || step.fallback === undefined) continue;
      const known = literal(step.fallback);
      if (known === undefined) return { defaulted: true };
      value = known.value;
    }
  }
  return { value };
}

function others(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  undefined,
  'void 0': undefined,
};

/** The value of a plain literal; undefined for any other expression. */
function literal(source: string): { readonly value: unknown } | undefined {
  if (Object.hasOwn(CONSTANTS, source)) return { value: CONSTANTS[source] };
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(source)) return { value: Number(source) };
  if (/^(?:'[^'\\]*'|"[^"\\]*"|`[^`\\$]*`)$/.test(source)) return { value: source.slice(1, -1) };
  if (/^\{\s*\}$/.test(source)) return { value: {} };
  return /^\[\s*\]$/.test(source) ? { value: [] } : undefined;
}
