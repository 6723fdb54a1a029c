import { SpanKind, SpanStatusCode, type HrTime, type SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { genAi } from '../dialects/gen-ai.js';
import { aFunction } from './check-options.js';
import { checkDestination, destination, type Destination, type DestinationOptions } from './destination.js';
import { viewOf } from './span-view.js';
import { wishOf } from './wish.js';

export interface ConsoleJsonOptions extends DestinationOptions {
  /** Gets one span, ended by a line feed. Default: writes to standard output. */
  write?: (text: string) => void;
}

/**
 * Prints each span as it ends, as JSON in the layout of OpenTelemetry's Python SDK (`span.to_json()`), content
 * included. Throws a `DecotelError` for options that it does not take.
 */
export function consoleJson(options: ConsoleJsonOptions = {}): Destination {
  checkDestination('consoleJson()', options, { write: aFunction });
  const write = options.write ?? ((text: string) => void process.stdout.write(text));
  const wish = wishOf(genAi, options);
  let printed = 0;
  return destination(
    {
      name: 'consoleJson',
      end: (span) => {
        write(`${JSON.stringify(layout(viewOf(span, wish)), undefined, 4)}\n`);
        printed++;
      },
      flush: () => undefined,
      close: () => undefined,
      stats: () => ({ queued: 0, exported: printed, failed: 0, lost: 0 }),
    },
    options,
  );
}

function layout(span: ReadableSpan): unknown {
  const { parentSpanContext, resource, status } = span;
  return {
    name: span.name,
    context: contextLayout(span.spanContext()),
    kind: `SpanKind.${SpanKind[span.kind]}`,
    parent_id: parentSpanContext === undefined ? null : `0x${parentSpanContext.spanId}`,
    start_time: isoTime(span.startTime),
    end_time: isoTime(span.endTime),
    status: { status_code: SpanStatusCode[status.code], description: status.message },
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timestamp: isoTime(time),
      attributes: attributes ?? {},
    })),
    links: span.links.map(({ context, attributes }) => ({
      context: contextLayout(context),
      attributes: attributes ?? {},
    })),
    resource: { attributes: resource.attributes, schema_url: resource.schemaUrl ?? '' },
  };
}

function contextLayout({ traceId, spanId, traceState }: SpanContext): unknown {
  const entries = traceState?.serialize().split(',').filter(Boolean) ?? [];
  const pairs = entries.map((entry) => `'{key=${entry.replace('=', ', value=')}}'`);
  return { trace_id: `0x${traceId}`, span_id: `0x${spanId}`, trace_state: `[${pairs.join(', ')}]` };
}

/** ISO 8601 in UTC with six decimals. */
function isoTime([seconds, nanoseconds]: HrTime): string {
  const wholeSeconds = new Date(seconds * 1000).toISOString().slice(0, 19);
  const micros = String(Math.floor(nanoseconds / 1000)).padStart(6, '0');
  return `${wholeSeconds}.${micros}Z`;
}
