import { SpanKind } from '@opentelemetry/api';
import { agent } from '../../src/decorators/agent.js';
import { workflow } from '../../src/decorators/workflow.js';
import { checkAttributes } from '../support/conventions.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

class Library {
  @workflow async acquire(title: string, copies: number): Promise<string> {
    return `${await this.find(title)} × ${copies}`;
  }
  @workflow({ name: 'lend', tags: ['desk'] }) lend(): void {
    throw new TypeError('lent out');
  }
  @workflow *stages(): Generator<string> {
    yield 'found';
    yield 'bought';
  }
  @agent async find(title: string): Promise<string> {
    return Promise.resolve(title);
  }
}

describe('@workflow', () => {
  it('is a span around its agents, with what went in and came out', async () => {
    expect(await new Library().acquire('Dune', 2)).toBe('Dune × 2');
    const span = telemetry.span('invoke_workflow acquire');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(checkAttributes(span.attributes)).toEqual([]);
    expect(parsedAttributes(span)).toEqual({
      'code.function.name': 'Library.acquire',
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'acquire',
      'decotel.arguments': { title: 'Dune', copies: 2 },
      'decotel.result': 'Dune × 2',
      'decotel.outcome': 'completed',
    });
    expect(telemetry.span('invoke_agent find').parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  });

  it('fails as its method does, under its own name', () => {
    expect(() => new Library().lend()).toThrow(TypeError);
    expect(parsedAttributes(telemetry.span('invoke_workflow lend'))).toMatchObject({
      'gen_ai.workflow.name': 'lend',
      'error.type': 'TypeError',
      'decotel.tags': ['desk'],
      'decotel.outcome': 'error',
    });
  });

  it('stays open while its stages are read, and wraps functions', () => {
    const stages = new Library().stages();
    expect(telemetry.spans).toEqual([]);
    expect([...stages]).toEqual(['found', 'bought']);
    expect(workflow({ name: 'sum' })((one: number, other: number) => one + other)(1, 2)).toBe(3);
    expect(telemetry.spans.map((one) => [one.name, one.attributes['decotel.outcome']])).toEqual([
      ['invoke_workflow stages', 'completed'],
      ['invoke_workflow sum', 'completed'],
    ]);
  });
});
