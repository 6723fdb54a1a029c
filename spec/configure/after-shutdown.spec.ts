import { context, propagation, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { configure, consoleJson, type ConfigureOptions } from '../../src/configure.js';
import { record, withOtel } from '../../src/index.js';

/** Each of these says what would otherwise be in a span. */
const STRICT: ConfigureOptions = {
  redact: [/why/],
  content: { output: false },
  limits: { valueBytes: 200, depth: 4, items: 2 },
  spanNames: 'semconv',
};

const ask = withOtel({ name: 'ask', metadata: { reason: 'why not' } })((question: string) => {
  record({ model: 'why-5', messages: [{ role: 'user', content: `${question} ${'word '.repeat(400)}` }] });
  return {
    object: 'chat.completion',
    model: 'why-5',
    choices: [{ index: 0, message: { role: 'assistant', content: 'The Name of the Wind' }, finish_reason: 'stop' }],
  };
});
const search = withOtel({ name: 'search' })((..._: unknown[]) => 'found');

function keeping(): { processor: SpanProcessor; spans: ReadableSpan[] } {
  const spans: ReadableSpan[] = [];
  const nothing = () => Promise.resolve();
  const processor = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void spans.push(span),
    forceFlush: nothing,
    shutdown: nothing,
  };
  return { processor, spans };
}

const read = ({ name, attributes, events, status }: ReadableSpan) => ({
  name,
  attributes,
  events: events.map((event) => [event.name, event.attributes]),
  status,
});

const call = () => {
  ask('why');
  search({ a: { b: { c: { d: 'why' } } } }, 'second', 'third');
};

afterEach(() => {
  for (const api of [trace, context, propagation]) api.disable();
});

describe('what is read of a call after shutdown', () => {
  it.each(['gen-ai', 'gen-ai-events', 'langfuse', 'openinference'])(
    'is what it was before, on the spans of a provider of one’s own, in %s',
    async (dialect) => {
      const { processor, spans } = keeping();
      const telemetry = configure({ ...STRICT, dialect, processors: [processor] });
      call();
      const before = spans.splice(0).map(read);
      expect(before).toHaveLength(2);
      expect(JSON.stringify(before)).not.toMatch(/why|Wind|"d"/);
      expect(before[0]?.name).toBe('chat [masked]-5');
      call();
      await telemetry.shutdown();
      expect(spans.map(read)).toEqual(before);
    },
  );

  it.each(['gen-ai', 'langfuse', 'openinference'])(
    'is what it was before, where spans wait in the application’s provider, for a destination in %s',
    async (dialect) => {
      const printed: unknown[] = [];
      const destination = consoleJson({ dialect, write: (text) => printed.push(JSON.parse(text)) });
      const { processor, spans } = keeping();
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
      const telemetry = configure({ ...STRICT, processors: [] });
      call();
      const give = () => {
        for (const span of spans.splice(0)) destination.onEnd(span);
        return (printed.splice(0) as { name: string; attributes: object }[]).map(({ name, attributes }) => [
          name,
          attributes,
        ]);
      };
      const before = give();
      expect(before).toHaveLength(2);
      expect(JSON.stringify(before)).not.toMatch(/why|Wind|"d"/);
      call();
      await telemetry.shutdown();
      expect(give()).toEqual(before);
    },
  );

  it('keeps what was masked on the span in its own dialect', async () => {
    const printed: string[] = [];
    const destination = consoleJson({ dialect: 'langfuse', write: (text) => printed.push(text) });
    const { processor, spans } = keeping();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    const telemetry = configure({ content: true, dialect: 'openinference', processors: [] });
    ask('secret');
    const [span] = spans;
    for (const key of Object.keys(span?.attributes ?? {}))
      if (span && /input/.test(key)) span.attributes[key] = '[masked]';
    await telemetry.shutdown();
    destination.onEnd(span as ReadableSpan);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toContain('The Name of the Wind');
    expect(printed[0]).not.toContain('secret');
  });
});
