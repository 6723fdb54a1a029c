import { propagation, type Context } from '@opentelemetry/api';
import { maskIdentifier } from '../core/masking.js';
import type { SessionRecord } from '../core/record.js';
import type { SessionOptions } from '../core/session.js';
import { settings, type BaggageKey } from '../core/settings.js';

const FIELDS: Record<BaggageKey, 'id' | 'userId'> = { 'session.id': 'id', 'user.id': 'userId' };

/** `context` with what of the session may travel with every request; the session is asked only where some may. */
export function withBaggage(context: Context, session: () => SessionRecord): Context {
  const { baggage: keys } = settings();
  if (keys.length === 0) return context;
  const record = session();
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const key of keys) {
    const value = record[FIELDS[key]];
    if (value !== undefined) baggage = baggage.setEntry(key, { value: maskIdentifier(value) });
  }
  return propagation.setBaggage(context, baggage);
}

/** What the baggage of `context` says of a session, as far as it is listened to. */
export function baggageSession(context: Context): SessionOptions | undefined {
  const { baggage: keys } = settings();
  const baggage = keys.length === 0 ? undefined : propagation.getBaggage(context);
  return baggage && Object.fromEntries(keys.map((key) => [FIELDS[key], baggage.getEntry(key)?.value]));
}
