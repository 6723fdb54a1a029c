import '../support/exporter-in-jest.js';
import { diag, SpanKind } from '@opentelemetry/api';
import { otlp, type OtlpOptions } from '../../src/destinations/otlp.js';
import type { Destination } from '../../src/destinations/destination.js';
import { diagLines } from '../support/diag-lines.js';
import { chatRecord, spanMaker, START_MS } from '../support/finished-span.js';
import { otlpReceiver, type OtlpAnswer, type OtlpReceiver } from '../support/otlp-receiver.js';

let receiver: OtlpReceiver;
const opened: Destination[] = [];

const open = async (options: OtlpOptions = {}, answer?: (index: number) => OtlpAnswer) => {
  receiver = await otlpReceiver(answer);
  const destination = otlp({ url: receiver.url, ...options });
  opened.push(destination);
  return { destination, ...spanMaker(destination) };
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((destination) => destination.shutdown()));
  await receiver.close();
  diag.disable();
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
});

describe('otlp', () => {
  it('sends whole spans, content included, as protobuf', async () => {
    const { destination, start, end } = await open();
    const parent = start('answer');
    const child = start('ask', { parent, kind: SpanKind.CLIENT, from: 1, attributes: { own: true } });
    end(child, { to: 2, record: chatRecord({ response: { finishReasons: ['stop'], timeToFirstChunkSeconds: 0.5 } }) });
    end(parent, { to: 3 });
    await destination.forceFlush();
    const [request] = receiver.requests;
    expect(request?.path).toBe('/v1/traces');
    expect(request?.headers['content-type']).toBe('application/x-protobuf');
    expect(receiver.spans[0]).toEqual({
      traceId: parent.spanContext().traceId,
      spanId: child.spanContext().spanId,
      parentSpanId: parent.spanContext().spanId,
      name: 'ask',
      kind: 3,
      startNanoseconds: BigInt(START_MS + 1) * 1_000_000n,
      endNanoseconds: BigInt(START_MS + 2) * 1_000_000n,
      attributes: {
        own: true,
        'code.function.name': 'Librarian.recommendBook',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.5,
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 268,
        'decotel.outcome': 'completed',
        'gen_ai.input.messages': expect.stringContaining('Recommend a fantasy book') as string,
        'gen_ai.output.messages': expect.stringContaining('The Name of the Wind') as string,
      },
      events: [],
      links: [],
      status: { code: 0, message: '' },
      scope: 'decotel',
      resource: { 'service.name': 'library' },
    });
    expect(receiver.spans[1]).toMatchObject({ name: 'answer', parentSpanId: undefined });
    expect(destination.stats()).toEqual({ queued: 0, exported: 2, failed: 0, lost: 0 });
  });

  it('leaves out what it may not send', async () => {
    const { destination, make } = await open({ content: { input: false } });
    const error = { type: '429', name: 'RateLimitError', message: 'quotes a fantasy prompt' };
    make('ask', { record: chatRecord({ outcome: 'error', error }), contentOnSpan: true });
    await destination.forceFlush();
    expect(
      JSON.stringify(receiver.spans.map(({ attributes, events, status }) => [attributes, events, status])),
    ).not.toMatch(/fantasy/);
    expect(receiver.spans[0]?.attributes).toHaveProperty(['gen_ai.output.messages']);
    expect(receiver.spans[0]).toMatchObject({ status: { code: 2, message: '' }, events: [{ name: 'exception' }] });
  });

  it('sends gzip and headers', async () => {
    const { destination, make } = await open({ compression: 'gzip', headers: { authorization: 'Bearer x' } });
    make('ask', { record: chatRecord() });
    await destination.forceFlush();
    expect(receiver.requests[0]?.headers).toMatchObject({ 'content-encoding': 'gzip', authorization: 'Bearer x' });
    expect(receiver.spans).toHaveLength(1);
  });

  it('takes endpoint, headers and compression from the environment', async () => {
    receiver = await otlpReceiver();
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `${receiver.url}/base`;
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-key=one';
    process.env['OTEL_EXPORTER_OTLP_COMPRESSION'] = 'gzip';
    const destination = otlp();
    opened.push(destination);
    spanMaker(destination).make('ask');
    await destination.forceFlush();
    expect(receiver.requests[0]).toMatchObject({
      path: '/base/v1/traces',
      headers: { 'x-key': 'one', 'content-encoding': 'gzip' },
    });
  });

  it('keeps a path that it is given', async () => {
    receiver = await otlpReceiver();
    const destination = otlp({ url: `${receiver.url}/otlp/mine` });
    opened.push(destination);
    spanMaker(destination).make('ask');
    await destination.forceFlush();
    expect(receiver.requests[0]?.path).toBe('/otlp/mine');
  });

  it('tries again when the backend says so', async () => {
    const { destination, make } = await open({}, (index) =>
      index === 0 ? { status: 503, headers: { 'retry-after': '0' } } : {},
    );
    make('ask');
    await destination.forceFlush();
    expect(receiver.requests).toHaveLength(2);
    expect(destination.stats()).toMatchObject({ exported: 1, failed: 0 });
  });

  it('reports and counts what the backend refuses, once', async () => {
    const diag = diagLines();
    const { destination, make } = await open({}, () => ({ status: 400 }));
    make('one');
    await destination.forceFlush();
    make('two');
    await destination.forceFlush();
    expect(destination.stats()).toEqual({ queued: 0, exported: 0, failed: 2, lost: 0 });
    expect(diag.matching(/^error decotel: otlp: spans could not be exported/)).toHaveLength(1);
  });

  it('sends each span at once where it does not batch', async () => {
    const { make } = await open({ batch: false });
    make('one');
    await receiver.arrived(1);
    make('two');
    expect((await receiver.arrived(2)).map((span) => span.name)).toEqual(['one', 'two']);
  });

  it('sends by itself after the delay', async () => {
    const { make } = await open({ batch: { delayMs: 10 } });
    make('one');
    await receiver.arrived(1);
  });

  it('sends nothing of a span that is not sampled', async () => {
    const { destination, start } = await open();
    const span = start('ask');
    Object.assign(span.spanContext(), { traceFlags: 0 });
    span.end();
    await destination.forceFlush();
    expect(receiver.requests).toHaveLength(0);
  });

  it('drops nothing of a burst of 10,000 spans', async () => {
    const { destination, make } = await open();
    for (let index = 0; index < 10_000; index++) make('ask', { record: chatRecord(), metadataOnSpan: false });
    await destination.forceFlush();
    expect(destination.stats()).toEqual({ queued: 0, exported: 10_000, failed: 0, lost: 0 });
    expect(new Set(receiver.spans.map((span) => span.spanId)).size).toBe(10_000);
  }, 60_000);

  it('warns of a protocol that it does not speak', async () => {
    const diag = diagLines();
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'grpc';
    await open();
    expect(diag.matching(/OTEL_EXPORTER_OTLP_PROTOCOL=grpc has no effect/)).toHaveLength(1);
  });

  it.each([
    [{ url: 'localhost:4318' }, /otlp\(\): url: expected an http or https URL, got "localhost:4318"\./],
    [{ header: {} }, /otlp\(\): there is no option "header"\. The options are content, limits, url, headers/],
    [
      { headers: { a: 1 } },
      /headers: expected an object of texts that HTTP takes as headers, got an object\. Look at "a"/,
    ],
    [{ headers: { 'x key': 'one' } }, /otlp\(\): headers: .*, got an object\. Look at "x key"/],
    [{ headers: { 'x-key': 'secret\n' } }, /otlp\(\): headers: .* Look at "x-key": is there a line break in it\?$/],
    [{ compression: 'br' }, /otlp\(\): compression: expected "gzip" or "none", got "br"\./],
    [{ batch: true }, /otlp\(\): batch: expected false or an object, got true\./],
    [{ batch: { queueSpans: 0 } }, /otlp\(\): batch: queueSpans: expected a number above 0, got 0\./],
    [{ limits: { valueBytes: '1' } }, /otlp\(\): limits: valueBytes: expected a number above 0, got "1"\./],
    [{ content: { inputs: true } }, /otlp\(\): content: there is no option "inputs"/],
  ])('refuses %j', async (options, message) => {
    receiver = await otlpReceiver();
    expect(() => otlp(options as OtlpOptions)).toThrow(message);
  });
});
