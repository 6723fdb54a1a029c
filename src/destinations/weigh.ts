import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** Ids, times, keys and the objects that hold them. */
const SPAN_BYTES = 600;
const ATTRIBUTE_BYTES = 40;

/** About how many bytes a span takes in memory and on the wire. Reads, and so renders, its attributes. */
export function weigh(span: ReadableSpan): number {
  let bytes = SPAN_BYTES + weighAttributes(span.attributes);
  for (const event of span.events) bytes += ATTRIBUTE_BYTES + weighAttributes(event.attributes);
  return bytes;
}

function weighAttributes(attributes: Attributes | undefined): number {
  let bytes = 0;
  for (const key in attributes) bytes += ATTRIBUTE_BYTES + weighValue(attributes[key]);
  return bytes;
}

function weighValue(value: AttributeValue | undefined): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value)) return 0;
  let bytes = 0;
  for (const item of value) bytes += typeof item === 'string' ? item.length : 8;
  return bytes;
}
