import { context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { ParentBasedSampler, AlwaysOnSampler } from '@opentelemetry/sdk-trace-base';
import { currentCall, score, span, withSession, type LaterScore } from '../../src/index.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(openCallCount()).toBe(0);
  await telemetry.stop();
});

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('score()', () => {
  it('is a span of no length below the call, in its trace, with an event and attributes', () => {
    const traceparent = span('answer')(() => currentCall().traceparent)() as string;
    withSession({ userId: 'u' }, () =>
      score({ traceparent, name: 'helpful', value: 1, label: 'yes', explanation: 'It helped' }),
    );
    const [answer, evaluated] = [telemetry.span('answer'), telemetry.span('evaluate helpful')];
    const evaluation = {
      'gen_ai.evaluation.name': 'helpful',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.evaluation.score.label': 'yes',
    };
    expect(evaluated.parentSpanContext).toMatchObject({ spanId: answer.spanContext().spanId, isRemote: true });
    expect(evaluated.spanContext().traceId).toBe(answer.spanContext().traceId);
    expect([evaluated.kind, evaluated.duration, evaluated.links]).toEqual([SpanKind.INTERNAL, [0, 0], []]);
    expect(evaluated.attributes).toEqual({ ...evaluation, 'user.id': 'u', 'decotel.outcome': 'completed' });
    expect(evaluated.events.map(({ name, attributes, time }) => [name, attributes, time])).toEqual([
      [
        'gen_ai.evaluation.result',
        { ...evaluation, 'gen_ai.evaluation.explanation': 'It helped' },
        evaluated.startTime,
      ],
    ]);
  });

  it('does not belong to what runs where it is given', () => {
    span('feedback')(() => score({ traceparent: TRACEPARENT, name: 'a', value: 0 }))();
    const { parentSpanContext, attributes } = telemetry.span('evaluate a');
    expect(parentSpanContext).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(attributes['gen_ai.evaluation.score.value']).toBe(0);
  });

  it('takes a traceparent of a later version', () => {
    score({ traceparent: `cc-${TRACE_ID}-${SPAN_ID}-01-what-comes`, name: 'a', value: 1 });
    expect(telemetry.span('evaluate a').parentSpanContext?.spanId).toBe(SPAN_ID);
  });

  it.each([
    ['', 'not-a-traceparent', `ff-${TRACE_ID}-${SPAN_ID}-01`, `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    [undefined, null, 7, {}, `00-${TRACE_ID}-${SPAN_ID}`, `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
  ])('leaves out what names no span, and says so once', (...hostile: unknown[]) => {
    for (const traceparent of hostile) score({ traceparent, name: 'a', value: 1 } as LaterScore);
    expect(telemetry.spans).toEqual([]);
    expect(telemetry.complaints.filter((line) => !line.includes('names no span'))).toEqual([]);
  });

  it.each([undefined, null, 'text', { traceparent: TRACEPARENT }, { traceparent: TRACEPARENT, name: 'a', value: NaN }])(
    'never throws: %p',
    (given) => {
      expect(() => score(given as LaterScore)).not.toThrow();
      expect(telemetry.spans).toEqual([]);
    },
  );

  it('follows the content rules and the masks', () => {
    const secret = `sk-${'a1'.repeat(12)}`;
    withSession({ content: false }, () =>
      score({ traceparent: TRACEPARENT, name: secret, label: secret, explanation: 'private' }),
    );
    const { name, attributes, events } = telemetry.spans[0] as (typeof telemetry.spans)[0];
    const everything = JSON.stringify([name, attributes, events]);
    expect(name).toBe('evaluate [masked]');
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain('private');
  });

  it('is sampled as its call was', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) });
    score({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-00`, name: 'a', value: 1 });
    expect(telemetry.spans).toEqual([]);
  });

  it('does nothing where decotel is disabled or nothing is registered', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { enabled: false } });
    score({ traceparent: TRACEPARENT, name: 'a', value: 1 });
    expect(telemetry.spans).toEqual([]);
    await telemetry.stop();
    expect(context.active()).toBe(ROOT_CONTEXT);
    expect(() => score({ traceparent: TRACEPARENT, name: 'a', value: 1 })).not.toThrow();
    telemetry = startTelemetry();
  });
});
