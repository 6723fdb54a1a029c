import { trace } from '@opentelemetry/api';
import type { Subject } from './run-cell.js';
import { Bare, Decorated } from './subjects.js';

/** Ways to decorate a method wrongly, most of them seen in the field. */
export interface Fault {
  readonly name: string;
  /** What it spoils: what the consumer gets, or the spans. */
  readonly spoils: 'delivery' | 'spans';
  readonly subject: Subject;
}

type Make = Parameters<Subject['give']>[0];
type Members = Record<PropertyKey, unknown>;

const nothing = (): void => undefined;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function call(value: Members, name: PropertyKey, ...args: unknown[]): unknown {
  const method = value[name];
  return typeof method === 'function' ? Reflect.apply(method, value, args) : undefined;
}

/** A decorated method whose result is spoilt on its way to the caller. */
function delivering(name: string, spoil: (value: unknown) => unknown): Fault {
  const decorated = new Decorated();
  return { name, spoils: 'delivery', subject: { give: (make) => spoil(decorated.give(make)) } };
}

function recording(name: string, give: (make: Make) => unknown): Fault {
  return { name, spoils: 'spans', subject: { give } };
}

/** A second handler on the side. */
function handle(value: unknown): unknown {
  if (isObject(value)) {
    if (value instanceof Promise) value.catch(nothing);
    call(value, 'on', 'error', nothing);
  }
  return value;
}

/** The first step of whatever it is. */
function begin(value: unknown): unknown {
  if (!isObject(value)) return value;
  call(value, 'then', nothing, nothing);
  const iterate = Symbol.asyncIterator in value ? Symbol.asyncIterator : Symbol.iterator;
  if (!Array.isArray(value) && !(value instanceof Map) && !(value instanceof ReadableStream)) {
    const iterator = call(value, iterate);
    if (isObject(iterator)) void Promise.resolve(call(iterator, 'next')).catch(nothing);
  }
  Object.values(value);
  call(value, 'subscribe', { next: nothing, error: nothing });
  return value;
}

async function* generatorOver(value: AsyncIterable<unknown> & Iterable<unknown>): AsyncGenerator {
  for await (const item of value) yield item;
}

function asGenerator(value: unknown): unknown {
  const isStream = isObject(value) && (Symbol.asyncIterator in value || 'next' in value);
  return isStream ? generatorOver(value as unknown as AsyncIterable<unknown> & Iterable<unknown>) : value;
}

const decorated = new Decorated();
const bare = new Bare();

export const FAULTS: readonly Fault[] = [
  delivering('handles failures on the side', handle),
  delivering('takes the first step itself', begin),
  delivering('gives a generator instead of a stream', asGenerator),
  delivering('gives a proxy', (value) => (isObject(value) ? new Proxy(value, {}) : value)),
  delivering('always gives a promise', async (value) => value),
  {
    name: 'wraps what is thrown',
    spoils: 'delivery',
    subject: {
      give(make) {
        try {
          const value = decorated.give(make);
          if (!(value instanceof Promise)) return value;
          return value.catch((cause: unknown) => {
            throw new Error('traced', { cause });
          });
        } catch (cause) {
          throw new Error('traced', { cause });
        }
      },
    },
  },
  recording('makes no span', (make) => bare.give(make)),
  recording('makes two spans', (make) => decorated.give((self) => decorated.give(() => make(self)))),
  recording('ends the span when the method returns', (make) =>
    trace.getTracer('faulty').startActiveSpan('give', (span) => {
      try {
        return bare.give(make);
      } finally {
        span.setAttribute('decotel.outcome', 'completed').end();
      }
    }),
  ),
];
