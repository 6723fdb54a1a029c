import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { CapturedAttributes, Content, JsonObject, type CapturedValue } from '../core/content.js';
import { admitAttribute } from '../core/gate.js';
import { lastName } from '../core/plain-value.js';
import type { DialectEvent } from '../dialects/dialect.js';
import type { WrittenSpan } from './changed-in-place.js';
import { isEqual, ownEvents, sourcedEvents } from './rewrite.js';

/** What someone made of an attribute, or an item of it, that is no content; `now` is undefined where they took it off. */
interface Change {
  readonly key: string;
  readonly was: AttributeValue;
  readonly now: AttributeValue | undefined;
}

/**
 * What was changed in place of the metadata, to be said of the same call in another dialect as well. By what name it is
 * there is not known: a text is told by its value, a number or a switch, which are rarely secrets and often alike, by its
 * value and the end of its name.
 */
export class ChangedMetadata {
  private readonly changes: readonly Change[];

  constructor(written: WrittenSpan) {
    this.changes = [...changedOfSpan(written), ...changedOfEvents(written)];
  }

  attributes(captured: CapturedAttributes): CapturedAttributes {
    if (this.changes.length === 0) return captured;
    const carried = new CapturedAttributes();
    for (const [key, value] of captured) {
      carried.set(key, value instanceof Content ? value : (this.carried(key, value) as CapturedValue));
    }
    return carried;
  }

  events(events: readonly DialectEvent[] = []): DialectEvent[] {
    return events.map((event) =>
      'admit' in event ? event : { ...event, attributes: this.attributes(event.attributes) },
    );
  }

  private carried(key: string, value: unknown): unknown {
    const change = this.changes.find(
      ({ key: changed, was }) => changed === key && isEqual(was, value as AttributeValue),
    );
    const known = change ?? this.changes.find(({ key: changed, was }) => isSame(changed, was, key, value));
    if (known !== undefined) return known.now;
    if (value instanceof JsonObject) return new JsonObject(this.carried('', value.value) as Record<string, unknown>);
    if (Array.isArray(value)) {
      const items = value.map((item) => this.carried(key, item)).filter((item) => item !== undefined);
      return items.length === 0 ? undefined : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]) => [name, this.carried(name, member)]);
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  }
}

function isSame(changed: string, was: AttributeValue, key: string, value: unknown): boolean {
  if (!isEqual(was, value as AttributeValue)) return false;
  return typeof value === 'string' || Array.isArray(value) || lastName(changed) === lastName(key);
}

/** Content that nobody has read has not been rendered yet, and then nobody has changed anything. */
function changedOfSpan({ span, captured, policy }: WrittenSpan): Change[] {
  if (Object.getOwnPropertyDescriptor(span, 'attributes')?.get !== undefined) return [];
  const isFull = (span.droppedAttributesCount ?? 0) > 0;
  return changesOf(span.attributes, captured.attributes, policy).filter(({ now }) => !isFull || now !== undefined);
}

function changedOfEvents({ span, captured, ownEvents: names, policy }: WrittenSpan): Change[] {
  const own = [...ownEvents(span.events, names)];
  return sourcedEvents(captured.events, policy).flatMap(({ source }, index) => {
    const event = captured.events?.[source];
    const found = own.find(([, at]) => at === index)?.[0];
    if (event === undefined || found === undefined || 'admit' in event) return [];
    return changesOf(found.attributes ?? {}, event.attributes, policy);
  });
}

function changesOf(now: Attributes, captured: CapturedAttributes, policy: WrittenSpan['policy']): Change[] {
  return [...captured].flatMap(([key, value]) => {
    const was = value instanceof Content ? undefined : admitAttribute(key, value, policy)?.value;
    if (was === undefined || isEqual(now[key], was)) return [];
    const change = { key, was, now: now[key] };
    if (value instanceof JsonObject) return [change, ...changedMembers(jsonOf(was), jsonOf(now[key]))];
    return Array.isArray(was) ? [change, ...changedItems(key, was, now[key])] : change;
  });
}

/** What of an object in JSON was changed; all of it where it is none any more. */
function changedMembers(was: unknown, now: unknown, key = ''): Change[] {
  if (typeof was !== 'object' || was === null) {
    const left = typeof now === typeof was ? (now as AttributeValue) : undefined;
    return was === null || was === now ? [] : [{ key, was: was as AttributeValue, now: left }];
  }
  const left = typeof now === 'object' && now !== null ? (now as Readonly<Record<string, unknown>>) : {};
  return Object.entries(was).flatMap(([name, member]) =>
    changedMembers(member, left[name], Array.isArray(was) ? key : name),
  );
}

function jsonOf(text: unknown): unknown {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

/** Of a list of the same length, each by its place; of any other, what is not in it any more. */
function changedItems(key: string, was: readonly unknown[], now: AttributeValue | undefined): Change[] {
  const left: readonly unknown[] = Array.isArray(now) ? now : [];
  return was.flatMap((item, index) => {
    const isChanged = left.length === was.length ? left[index] !== item : !left.includes(item);
    if (!isChanged) return [];
    return { key, was: item as string, now: left.length === was.length ? (left[index] as string) : undefined };
  });
}
