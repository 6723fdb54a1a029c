import { diag, type Context } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { consoleJson } from '../../src/destinations/console-json.js';
import { fanOut, withContent } from '../../src/destinations/with-content.js';
import { diagLines } from '../support/diag-lines.js';
import { chatRecord, spanMaker } from '../support/finished-span.js';

const noted = () => {
  const spans: ReadableSpan[] = [];
  const calls: string[] = [];
  return {
    spans,
    calls,
    onStart: (_: unknown, __: Context) => void calls.push('start'),
    onEnding: () => void calls.push('ending'),
    onEnd: (span: ReadableSpan) => void spans.push(span),
    forceFlush: async () => void calls.push('flush'),
    shutdown: async () => void calls.push('shutdown'),
  };
};

afterEach(() => diag.disable());

describe('withContent', () => {
  it('gives a processor the content that the span does not carry', () => {
    const exporter = new InMemorySpanExporter();
    const { make } = spanMaker(withContent(new SimpleSpanProcessor(exporter)));
    const span = make('ask', { record: chatRecord() });
    const [exported] = exporter.getFinishedSpans();
    expect(exported?.attributes['gen_ai.input.messages']).toContain('fantasy');
    expect(exported?.spanContext()).toBe(span.spanContext());
    expect(span.attributes).not.toHaveProperty(['gen_ai.input.messages']);
  });

  it('hands on starts, flushes, shutdowns and spans of others as they are', async () => {
    const inner = noted();
    const wrapped = withContent(inner);
    const { make } = spanMaker(wrapped);
    const foreign = make('GET');
    expect(inner.spans).toEqual([foreign]);
    await wrapped.forceFlush();
    await wrapped.shutdown();
    expect(inner.calls).toEqual(['start', 'ending', 'flush', 'shutdown']);
  });

  it('gives one object that is read twice alike and can be masked in place', () => {
    const inner = noted();
    spanMaker(withContent(inner)).make('ask', { record: chatRecord() });
    const [span] = inner.spans;
    expect(span?.attributes).toBe(span?.attributes);
    for (const key in span?.attributes) if (/messages/.test(key)) span.attributes[key] = '***';
    expect(span?.attributes['gen_ai.output.messages']).toBe('***');
  });

  it('returns a destination unchanged, and what it made itself', () => {
    const destination = consoleJson({ write: () => undefined });
    expect(withContent(destination)).toBe(destination);
    const wrapped = withContent(noted());
    expect(withContent(wrapped)).toBe(wrapped);
  });

  it('keeps a failure of the processor from the span that ends', () => {
    const diag = diagLines();
    const failing = { ...noted(), onEnd: () => fail() };
    const fail = () => {
      throw new Error('processor');
    };
    const { make } = spanMaker(withContent(failing));
    expect(() => make('ask', { record: chatRecord() })).not.toThrow();
    expect(diag.matching(/a span processor failed/)).toHaveLength(1);
  });
});

describe('several processors', () => {
  it('see one object, so that a destination sends what a processor before it masked', () => {
    let printed = '';
    const masking = {
      ...noted(),
      onEnd: (span: ReadableSpan) => void (span.attributes['gen_ai.input.messages'] = '[masked]'),
    };
    const last = noted();
    const { make } = spanMaker(fanOut([masking, consoleJson({ write: (text) => (printed = text) }), last]));
    make('ask', { record: chatRecord(), metadataOnSpan: false });
    expect(JSON.parse(printed).attributes).toMatchObject({
      'gen_ai.input.messages': '[masked]',
      'gen_ai.output.messages': expect.stringContaining('Wind') as string,
    });
    expect(last.spans[0]?.attributes['gen_ai.input.messages']).toBe('[masked]');
  });
});
