import { coverMethod, innerCallsOf, observeCall } from '../spans/observe-call.js';

/**
 * Covers the methods through which a client makes its model calls itself, with non-enumerable ones of its own: calls
 * are seen whoever makes them, a chain, an agent or another of its methods. False for any other client.
 */
export function observeInnerCalls(client: object, observeCopy: (copy: object) => void): boolean {
  const inner = innerCallsOf(client);
  if (inner === undefined) return false;
  for (const [name, requestOf] of Object.entries(inner.requests)) {
    const streams = /stream/i.test(name);
    coverMethod(client, name, (call, self, values) => {
      const signal = inner.signalOf?.(values);
      const body = (): object | undefined => requestOf(values);
      return observeCall({ body, client, address: inner.address, signal, streams, isLazy: true }, () =>
        call.apply(self, values),
      );
    });
  }
  for (const name of inner.copies ?? []) {
    coverMethod(client, name, (make, self, values) => {
      const copy = make.apply(self, values);
      if (copy !== client && isCopyOf(copy, client)) observeCopy(copy);
      return copy;
    });
  }
  return true;
}

/** A client that the client made of itself is observed as well. */
export function isCopyOf(value: unknown, client: object): value is object {
  const { constructor } = client as { constructor: unknown };
  return typeof constructor === 'function' && constructor !== Object && value instanceof constructor;
}
