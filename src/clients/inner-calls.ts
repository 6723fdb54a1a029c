import { innerCallsOf, observeCall } from '../spans/observe-call.js';

type Callable = (...values: unknown[]) => unknown;

/**
 * Covers the methods through which a client makes its model calls itself, with non-enumerable ones of its own: calls
 * are seen whoever makes them, a chain, an agent or another of its methods. False for any other client.
 */
export function observeInnerCalls(client: object, observeCopy: (copy: object) => void): boolean {
  const inner = innerCallsOf(client);
  if (inner === undefined) return false;
  for (const [name, requestOf] of Object.entries(inner.requests)) {
    const streams = /stream/i.test(name);
    cover(client, name, (values, invoke) => {
      const signal = inner.signalOf?.(values);
      const body = (): object | undefined => requestOf(values);
      return observeCall({ body, client, address: inner.address, signal, streams, isLazy: true }, invoke);
    });
  }
  for (const name of inner.copies ?? []) {
    cover(client, name, (_values, invoke) => {
      const copy = invoke();
      if (isAlike(copy, client)) observeCopy(copy);
      return copy;
    });
  }
  return true;
}

function cover(client: object, name: string, around: (values: unknown[], invoke: () => unknown) => unknown): void {
  const original = (client as Record<string, Callable>)[name] as Callable;
  const enumerable = Object.prototype.propertyIsEnumerable.call(client, name);
  Object.defineProperty(client, name, {
    value: function (this: unknown, ...values: unknown[]): unknown {
      return around(values, () => original.apply(this, values));
    },
    configurable: true,
    writable: true,
    enumerable,
  });
}

function isAlike(copy: unknown, client: object): copy is object {
  const { constructor } = client as { constructor: unknown };
  return typeof constructor === 'function' && copy !== client && copy instanceof constructor;
}
