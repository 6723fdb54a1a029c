import { context, ROOT_CONTEXT, trace, type Attributes, type Span, type SpanKind } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { recordFinished } from '../../src/core/finished.js';
import { CallRecord } from '../../src/core/record.js';
import { ALL_CONTENT, settings, type ContentSwitches } from '../../src/core/settings.js';
import { genAi } from '../../src/dialects/gen-ai.js';
import { writeRecord } from '../../src/spans/write.js';

/** Start of all time in these specs: 2026-01-02T03:04:05Z. */
export const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface SpanParts {
  kind?: SpanKind;
  /** Milliseconds after `START_MS`. */
  from?: number;
  to?: number;
  parent?: Span;
  /** The application's own. */
  attributes?: Attributes;
  /** Absent: a span of someone else. */
  record?: Partial<CallRecord>;
  content?: ContentSwitches;
  /** As on a provider of decotel's own (false), or on any other. Default true. */
  metadataOnSpan?: boolean;
  contentOnSpan?: boolean;
}

export interface SpanMaker {
  start(name: string, parts?: SpanParts): Span;
  /** Ends a span as the engine does. */
  end(span: Span, parts?: SpanParts): ReadableSpan;
  make(name: string, parts?: SpanParts): ReadableSpan;
}

/** Spans of a real SDK with fixed ids and times, through `processors`. */
export function spanMaker(...processors: SpanProcessor[]): SpanMaker {
  let ids = 0;
  const provider = new BasicTracerProvider({
    spanProcessors: processors,
    resource: resourceFromAttributes({ 'service.name': 'library' }),
    idGenerator: {
      generateTraceId: () => String(++ids).padStart(32, '0'),
      generateSpanId: () => String(++ids).padStart(16, '0'),
    },
  });
  const tracer = provider.getTracer('decotel');
  const maker: SpanMaker = {
    start: (name, { kind, from = 0, parent, attributes } = {}) =>
      tracer.startSpan(
        name,
        { kind, attributes, startTime: START_MS + from },
        parent === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), parent),
      ),
    end(span, { to = 1000, record, content = ALL_CONTENT, metadataOnSpan = true, contentOnSpan = false } = {}) {
      if (record !== undefined) {
        const complete = Object.assign(new CallRecord(), { outcome: 'completed' }, record);
        const written = metadataOnSpan ? writeRecord(span, complete, content, contentOnSpan) : undefined;
        recordFinished(span, {
          record: complete,
          settings: settings(),
          content,
          metadataOnSpan,
          contentOnSpan,
          dialect: 'gen-ai',
          captured: genAi.render(complete),
          policy: written?.policy,
          ownKeys: new Set(written?.keys),
          ownEvents: written?.events ?? [],
        });
      }
      span.end(START_MS + to);
      return span as unknown as ReadableSpan;
    },
    make: (name, parts) => maker.end(maker.start(name, parts), parts),
  };
  return maker;
}

/** A complete model call. */
export function chatRecord(over: Partial<CallRecord> = {}): Partial<CallRecord> {
  return {
    operation: 'chat',
    provider: 'openai',
    functionName: 'Librarian.recommendBook',
    request: { model: 'gpt-5-mini' },
    response: { model: 'gpt-5-mini-2025-08-07', id: 'chatcmpl-1', finishReasons: ['stop'] },
    usage: { inputTokens: 12, outputTokens: 268 },
    messages: {
      input: () => [{ role: 'user', parts: [{ type: 'text', content: 'Recommend a fantasy book' }] }],
      output: () => [
        { role: 'assistant', parts: [{ type: 'text', content: 'The Name of the Wind' }], finish_reason: 'stop' },
      ],
    },
    ...over,
  };
}
