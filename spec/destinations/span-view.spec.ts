import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { content } from '../../src/core/content.js';
import { CapturedAttributes } from '../../src/core/content.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { viewOf } from '../../src/destinations/span-view.js';
import type { Wish } from '../../src/destinations/wish.js';
import type { Dialect } from '../../src/dialects/dialect.js';
import { genAi } from '../../src/dialects/gen-ai.js';
import { chatRecord, spanMaker, START_MS, type SpanParts } from '../support/finished-span.js';

const wish: Wish = { dialect: genAi };
const noContent: Wish = { dialect: genAi, content: NO_CONTENT };
const { make, start, end } = spanMaker();

const INPUT = '[{"role":"user","parts":[{"type":"text","content":"Recommend a fantasy book"}]}]';
const failed = chatRecord({
  outcome: 'error',
  error: { type: '429', name: 'RateLimitError', message: 'the prompt was: secret plan', stack: 'at secret plan' },
});

/** The three ways in which the engine leaves a span. */
const WAYS: [string, SpanParts][] = [
  ['that carries nothing', { metadataOnSpan: false }],
  ['that carries metadata', {}],
  ['that carries content', { contentOnSpan: true }],
];

describe('a view of a span', () => {
  it('is the span itself where decotel did not make it', () => {
    const span = make('GET', { attributes: { 'http.request.method': 'GET' } });
    expect(viewOf(span, wish)).toBe(span);
    expect(viewOf(span, noContent)).toBe(span);
  });

  it('is the span itself where it already is what is wanted', () => {
    const withContent = make('ask', { record: chatRecord(), contentOnSpan: true });
    expect(viewOf(withContent, wish)).toBe(withContent);
    expect(viewOf(withContent, { dialect: genAi, valueBytes: 1_000_000 })).toBe(withContent);
    const without = make('ask', { record: chatRecord(), content: NO_CONTENT });
    expect(viewOf(without, wish)).toBe(without);
    const metadata = make('ask', { record: chatRecord() });
    expect(viewOf(metadata, noContent)).toBe(metadata);
  });

  it.each(WAYS)('of one %s has its fields, metadata and content', (_, parts) => {
    const view = viewOf(make('ask', { record: chatRecord(), attributes: { own: 1 }, ...parts }), wish);
    expect(view.attributes).toEqual({
      own: 1,
      'code.function.name': 'Librarian.recommendBook',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 268,
      'decotel.outcome': 'completed',
      'gen_ai.input.messages': INPUT,
      'gen_ai.output.messages': expect.stringContaining('The Name of the Wind') as string,
    });
    expect(view.name).toBe('ask');
    expect(view.startTime).toEqual([START_MS / 1000, 0]);
    expect(view.duration).toEqual([1, 0]);
    expect(view.ended).toBe(true);
    expect(view.resource.attributes['service.name']).toBe('library');
    expect(view.instrumentationScope.name).toBe('decotel');
    expect(view.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(view.events).toEqual([]);
  });

  it.each(WAYS)('of one %s loses the content that its destination does not allow, error texts too', (_, parts) => {
    const view = viewOf(make('ask', { record: failed, ...parts }), noContent);
    expect(JSON.stringify([view.attributes, view.events, view.status])).not.toMatch(/fantasy|Wind|secret/);
    expect(view.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 12, 'error.type': '429' });
    expect(view.status.code).toBe(SpanStatusCode.ERROR);
    expect(view.status.message).toBeUndefined();
    expect(view.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'RateLimitError' } }]);
  });

  it.each(WAYS)('of one %s has one exception event and the message as status', (_, parts) => {
    const span = start('ask');
    span.addEvent('exception', { 'exception.message': 'of the application' }, START_MS);
    const view = viewOf(end(span, { record: failed, ...parts }), wish);
    expect(view.status).toEqual({ code: SpanStatusCode.ERROR, message: 'the prompt was: secret plan' });
    expect(view.events.map((event) => event.attributes)).toEqual([
      { 'exception.message': 'of the application' },
      {
        'exception.type': 'RateLimitError',
        'exception.message': 'the prompt was: secret plan',
        'exception.stacktrace': 'at secret plan',
      },
    ]);
  });

  it.each(WAYS)('of one %s switches single kinds off', (_, parts) => {
    const only = { dialect: genAi, content: { ...NO_CONTENT, output: true } };
    const view = viewOf(make('ask', { record: failed, ...parts }), only);
    expect(view.attributes).toHaveProperty(['gen_ai.output.messages']);
    expect(view.attributes).not.toHaveProperty(['gen_ai.input.messages']);
    expect(JSON.stringify(view.events)).not.toContain('secret');
  });

  it('never has more content than the call allows', () => {
    const content = { input: false, output: true, tools: true, retrieval: true };
    const view = viewOf(make('ask', { record: chatRecord(), content }), wish);
    expect(Object.keys(view.attributes)).not.toContain('gen_ai.input.messages');
    expect(Object.keys(view.attributes)).toContain('gen_ai.output.messages');
  });

  it.each(WAYS)('of one %s cuts to the size that its destination asks for, and says so', (_, parts) => {
    const long = chatRecord({
      messages: { input: () => [{ role: 'user', parts: [{ type: 'text', content: 'x'.repeat(5000) }] }] },
    });
    const view = viewOf(make('ask', { record: long, ...parts }), { dialect: genAi, valueBytes: 500 });
    const messages = String(view.attributes['gen_ai.input.messages']);
    expect(Buffer.byteLength(messages)).toBeLessThanOrEqual(500);
    expect(JSON.parse(messages)).toMatchObject([{ role: 'user' }]);
    expect(view.attributes['decotel.truncated']).toEqual(['gen_ai.input.messages']);
  });

  it("honours the SDK's own limit of length", () => {
    process.env['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'] = '300';
    try {
      const long = chatRecord({
        messages: { input: () => [{ role: 'user', parts: [{ type: 'text', content: 'x'.repeat(5000) }] }] },
      });
      const view = viewOf(spanMaker().make('ask', { record: long }), wish);
      expect(String(view.attributes['gen_ai.input.messages']).length).toBeLessThanOrEqual(300);
    } finally {
      delete process.env['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'];
    }
  });

  it('renders once, into an object that can be changed in place', () => {
    let rendered = 0;
    const input = () => {
      rendered++;
      return [{ role: 'user', parts: [{ type: 'text' as const, content: 'private' }] }];
    };
    const view = viewOf(make('ask', { record: chatRecord({ messages: { input } }) }), wish);
    expect(rendered).toBe(0);
    view.attributes['gen_ai.input.messages'] = '[masked]';
    expect(view.attributes['gen_ai.input.messages']).toBe('[masked]');
    expect(rendered).toBe(1);
  });

  it('keeps what was masked in it for whoever takes it further', () => {
    const view = viewOf(make('ask', { record: failed, metadataOnSpan: false }), wish);
    expect(viewOf(view, wish)).toBe(view);
    view.attributes['gen_ai.input.messages'] = '[masked]';
    delete view.attributes['gen_ai.response.id'];
    const narrower = viewOf(view, { dialect: genAi, content: { ...NO_CONTENT, input: true } });
    expect(narrower.attributes['gen_ai.input.messages']).toBe('[masked]');
    expect(narrower.attributes).not.toHaveProperty(['gen_ai.response.id']);
    expect(narrower.attributes).not.toHaveProperty(['gen_ai.output.messages']);
    expect(JSON.stringify([narrower.events, narrower.status])).not.toContain('secret');
  });

  it('keeps what a processor masked on a span that carries content, when a destination wants less', () => {
    const span = make('ask', { record: chatRecord(), contentOnSpan: true });
    span.attributes['gen_ai.input.messages'] = '[masked]';
    const view = viewOf(span, { dialect: genAi, content: { ...NO_CONTENT, input: true } });
    expect(view.attributes['gen_ai.input.messages']).toBe('[masked]');
    expect(span.attributes).toHaveProperty(['gen_ai.output.messages']);
  });
});

describe('a view in another dialect', () => {
  const shout: Dialect = {
    name: 'shout',
    render: (record) => ({
      name: `SHOUT ${record.operation ?? ''}`,
      attributes: CapturedAttributes.of({
        'shout.model': record.response?.model,
        'shout.input': content('input', record.messages?.input),
      }),
      events: [{ name: 'shouted', attributes: CapturedAttributes.of({ loud: true }) }],
    }),
  };

  it.each(WAYS)('of a span %s replaces what decotel wrote and keeps what the application wrote', (_, parts) => {
    const span = start('ask', { attributes: { own: 1, 'gen_ai.operation.name': 'chat' } });
    span.addEvent('mine', {}, START_MS);
    const view = viewOf(end(span, { record: failed, ...parts }), { dialect: shout });
    expect(view.name).toBe('SHOUT chat');
    expect(view.attributes).toEqual({ own: 1, 'shout.model': 'gpt-5-mini-2025-08-07', 'shout.input': INPUT });
    expect(view.events.map((event) => event.name)).toEqual(['mine', 'shouted']);
    expect(view.status.message).toBe('the prompt was: secret plan');
  });
});

describe('the fields of a view', () => {
  it('can be set, as processors do with the SDK’s span', () => {
    const view = viewOf(make('ask', { record: chatRecord() }), wish) as unknown as Span & Record<string, unknown>;
    Object.assign(view, { name: 'renamed', attributes: { only: 1 }, events: [], status: { code: 1 } });
    expect(view).toMatchObject({ name: 'renamed', attributes: { only: 1 }, events: [], status: { code: 1 } });
  });
});
