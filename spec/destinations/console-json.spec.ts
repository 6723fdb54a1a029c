import { SpanKind, SpanStatusCode, TraceFlags, createTraceState, type Span } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
import { consoleJson } from '../../src/destinations/console-json.js';
import { chatRecord, spanMaker, START_MS } from '../support/finished-span.js';
import { sharedPath } from '../support/shared-folder.js';

const PAGE = sharedPath('seeds/001_c4c652ff095ffc52.txt');

/** The first span that the page 001 shows: OpenTelemetry's Python SDK, `span.to_json()`. */
const shown = (): Record<string, unknown> => {
  const page = readFileSync(PAGE ?? '', 'utf8');
  return JSON.parse(/```python\n( *\{[\s\S]*?\n) *```/.exec(page)?.[1] ?? '') as Record<string, unknown>;
};

const shapeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : typeof value;

const printing = (options = {}) => {
  const printed: string[] = [];
  const maker = spanMaker(consoleJson({ ...options, write: (text) => void printed.push(text) }));
  return { printed, maker, parsed: () => printed.map((text) => JSON.parse(text) as Record<string, never>) };
};

describe('consoleJson', () => {
  (PAGE === undefined ? it.skip : it)('prints the keys of the documented layout, in its order', () => {
    const { maker, parsed } = printing();
    const span = maker.start('recommendBook', { kind: SpanKind.INTERNAL });
    span.addEvent('gen_ai.content.prompt', { 'gen_ai.prompt': '{}' }, START_MS + 1);
    maker.end(span, { record: chatRecord() });
    const expected = shown();
    const [printed] = parsed() as Record<string, unknown>[];
    expect(Object.keys(printed ?? {})).toEqual(Object.keys(expected));
    for (const key of ['context', 'status', 'resource']) {
      expect({ [key]: shapeOf(printed?.[key]) }).toEqual({ [key]: shapeOf(expected[key]) });
    }
    expect(shapeOf((printed?.['events'] as unknown[])[0])).toEqual(shapeOf((expected['events'] as unknown[])[0]));
    for (const key of ['start_time', 'end_time']) {
      const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
      expect(expected[key]).toMatch(pattern);
      expect(printed?.[key]).toMatch(pattern);
    }
  });

  it('prints a whole span, indented by four', () => {
    const { maker, printed } = printing({ content: false });
    const parent = maker.start('answer');
    maker.make('recommendBook', { parent, from: 0.25, to: 1234.5678, kind: SpanKind.CLIENT, record: { tags: ['a'] } });
    expect(printed).toEqual([
      `{
    "name": "recommendBook",
    "context": {
        "trace_id": "0x00000000000000000000000000000002",
        "span_id": "0x0000000000000003",
        "trace_state": "[]"
    },
    "kind": "SpanKind.CLIENT",
    "parent_id": "0x0000000000000001",
    "start_time": "2026-01-02T03:04:05.000250Z",
    "end_time": "2026-01-02T03:04:06.234567Z",
    "status": {
        "status_code": "UNSET"
    },
    "attributes": {
        "decotel.outcome": "completed",
        "decotel.tags": [
            "a"
        ]
    },
    "events": [],
    "links": [],
    "resource": {
        "attributes": {
            "service.name": "library"
        },
        "schema_url": ""
    }
}
`,
    ]);
  });

  it('prints content, status, links and trace state', () => {
    const { maker, parsed } = printing();
    const span = maker.start('ask') as Span;
    const traceState = createTraceState('vendor=1,other=2');
    const linked = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED, traceState };
    span.addLink({ context: linked, attributes: { why: 'envelope' } });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
    maker.end(span, { record: chatRecord() });
    expect(parsed()[0]).toMatchObject({
      parent_id: null,
      status: { status_code: 'ERROR', description: 'no' },
      attributes: { 'gen_ai.input.messages': expect.stringContaining('fantasy') as string },
      links: [
        {
          context: {
            trace_id: `0x${'a'.repeat(32)}`,
            span_id: `0x${'b'.repeat(16)}`,
            trace_state: "['{key=vendor, value=1}', '{key=other, value=2}']",
          },
          attributes: { why: 'envelope' },
        },
      ],
    });
  });

  it('counts what it printed', async () => {
    const destination = consoleJson({ write: () => undefined });
    spanMaker(destination).make('ask');
    await destination.forceFlush();
    expect(destination.stats()).toEqual({ queued: 0, exported: 1, failed: 0, lost: 0 });
  });
});
