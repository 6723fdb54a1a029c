import fc from 'fast-check';

const trapped = new Error('trapped');
const trap = (): never => {
  throw trapped;
};
const hostile = new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap });

class ApplicationError extends Error {}

/**
 * By name, since fast-check looks into what it is given, and a hostile value throws at a look.
 */
const VALUES: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  zero: 0,
  big: 1n,
  'empty text': '',
  text: 'text',
  symbol: Symbol('value'),
  object: {},
  list: [],
  frozen: Object.freeze({ frozen: true }),
  'chat chunk': {
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta: { content: 'x' } }],
  },
  'message start': { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: {} } },
  bytes: new Uint8Array(3),
  error: new Error('as a value'),
  function: () => 'called',
  'hostile value': hostile,
};

const ERRORS: Readonly<Record<string, unknown>> = {
  'source error': new Error('source'),
  'own class of error': new ApplicationError('own class'),
  'frozen error': Object.freeze(new Error('frozen')),
  'DOM abort': new DOMException('stopped', 'AbortError'),
  'Node abort': Object.assign(new Error('stopped'), { code: 'ABORT_ERR' }),
  'error with a cause': new Error('outer', { cause: new Error('inner') }),
  'undefined as error': undefined,
  'null as error': null,
  'text as error': 'thrown text',
  'hostile error': hostile,
};

/** What a `next` may give though it is no result. */
const ODD_RESULTS: Readonly<Record<string, unknown>> = {
  'undefined as result': undefined,
  'null as result': null,
  'number as result': 1,
  'empty result': {},
  'result without done': { value: 1 },
  'result with a number as done': { done: 1, value: 2 },
  'hostile result': hostile,
  'result with a getter that throws': {
    done: false,
    get value(): never {
      return trap();
    },
  },
};

const ALL = { ...VALUES, ...ERRORS, ...ODD_RESULTS };
const names = new Map(Object.entries(ALL).map(([name, value]) => [value, name]));
const oddResults = new Set(Object.values(ODD_RESULTS));

/** The name of a value, an error or an odd result. */
export type Name = string;

export const values = fc.constantFrom(...Object.keys(VALUES));
export const errors = fc.constantFrom(...Object.keys(ERRORS));
export const results = fc.constantFrom(...Object.keys(ODD_RESULTS));

export function named(name: Name): unknown {
  return ALL[name];
}

export function isNamed(value: unknown): boolean {
  return names.has(value);
}

/** How a trace shows a value. */
export function nameOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  const name = names.get(value);
  return name === undefined ? Object.prototype.toString.call(value) : `<${name}>`;
}

export function isOddResult(value: unknown): boolean {
  return oddResults.has(value);
}
