import { context, diag, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { queueLimits } from '../../src/destinations/batch-options.js';
import { ExportQueue, type QueueLimits } from '../../src/destinations/queue.js';
import { diagLines } from '../support/diag-lines.js';
import { spanMaker } from '../support/finished-span.js';

type Done = Parameters<SpanExporter['export']>[1];

/** An exporter that answers when it is told to. */
class HeldExporter implements SpanExporter {
  readonly batches: ReadableSpan[][] = [];
  readonly waiting: Done[] = [];
  wasShutDown = false;
  constructor(private readonly code: number | undefined = undefined) {}

  export(spans: ReadableSpan[], done: Done): void {
    this.batches.push(spans);
    if (this.code === undefined) this.waiting.push(done);
    else done({ code: this.code, error: this.code === 1 ? new Error('refused') : undefined });
  }
  async shutdown(): Promise<void> {
    this.wasShutDown = true;
  }
  answer(code = 0): void {
    for (const done of this.waiting.splice(0)) done({ code });
  }
}

const { make } = spanMaker();
const queueOf = (exporter: SpanExporter, limits: Partial<QueueLimits> = {}) =>
  new ExportQueue('spec', exporter, { ...queueLimits(undefined), ...limits });
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
const add = (queue: ExportQueue, count: number, text = '') => {
  for (let index = 0; index < count; index++) queue.add(make('ask', { attributes: { text } }));
};

afterEach(() => {
  diag.disable();
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
});

describe('the export queue', () => {
  it('sends full batches, several at a time, and the rest at a flush', async () => {
    const exporter = new HeldExporter();
    const queue = queueOf(exporter, { batchSpans: 10, concurrentExports: 2 });
    add(queue, 35);
    await turn();
    expect(exporter.batches.map((batch) => batch.length)).toEqual([10, 10]);
    expect(queue.stats()).toMatchObject({ queued: 35, exported: 0 });
    exporter.answer();
    await turn();
    expect(exporter.batches).toHaveLength(3);
    const flushed = queue.flush();
    await turn();
    exporter.answer();
    await turn();
    exporter.answer();
    await flushed;
    expect(exporter.batches.map((batch) => batch.length)).toEqual([10, 10, 10, 5]);
    expect(queue.stats()).toEqual({ queued: 0, exported: 35, failed: 0, lost: 0 });
  });

  it('makes batches smaller where spans are large', async () => {
    const exporter = new HeldExporter(0);
    const queue = queueOf(exporter);
    add(queue, 20, 'x'.repeat(100_000));
    await queue.flush();
    expect(exporter.batches.map((batch) => batch.length)).toEqual([6, 6, 6, 2]);
  });

  it('drops what is over its number of spans, counts it and says so once', async () => {
    const diag = diagLines();
    const exporter = new HeldExporter(0);
    const queue = queueOf(exporter, { queueSpans: 10 });
    add(queue, 25);
    expect(queue.stats()).toEqual({ queued: 10, exported: 0, failed: 0, lost: 15 });
    expect(diag.matching(/spec: spans are dropped/)).toHaveLength(1);
    await queue.flush();
    add(queue, 1);
    expect(queue.stats()).toMatchObject({ queued: 1, exported: 10 });
  });

  it('drops what is over its number of bytes, and counts what is being sent', async () => {
    const queue = queueOf(new HeldExporter(), { queueBytes: 10_000_000 });
    add(queue, 5000, 'x'.repeat(10_000));
    const { queued, lost } = queue.stats();
    expect(queued + lost).toBe(5000);
    expect(queued * 10_000).toBeGreaterThan(8_000_000);
    expect(queued * 10_000).toBeLessThan(11_000_000);
    await turn();
    add(queue, 1, 'x'.repeat(10_000));
    expect(queue.stats().lost).toBe(lost + 1);
  });

  it('gives up a flush at the first failure, and keeps what it has not tried', async () => {
    const exporter = new HeldExporter(1);
    const queue = queueOf(exporter, { batchSpans: 10, concurrentExports: 1 });
    add(queue, 9);
    await queue.flush();
    expect(queue.stats()).toMatchObject({ failed: 9 });
    const down = queueOf(new HeldExporter(), { batchSpans: 10, concurrentExports: 2, timeoutMs: 20 });
    add(down, 95);
    await down.flush();
    const { failed, queued } = down.stats();
    expect([failed >= 20, failed <= 40, failed + queued]).toEqual([true, true, 95]);
  });

  it('sends in no trace, suppressed', async () => {
    const seen: unknown[] = [];
    const exporter = new HeldExporter(0);
    const inner = exporter.export.bind(exporter);
    exporter.export = (spans, done) => {
      seen.push(isTracingSuppressed(context.active()), trace.getActiveSpan());
      inner(spans, done);
    };
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    try {
      const queue = queueOf(exporter);
      context.with(trace.setSpan(context.active(), spanMaker().start('caller')), () => add(queue, 1));
      await queue.flush();
      expect(seen).toEqual([true, undefined]);
    } finally {
      context.disable();
    }
  });

  it('waits for the attributes that a resource still detects', async () => {
    const exporter = new HeldExporter(0);
    const queue = queueOf(exporter);
    let found = false;
    const resource = {
      attributes: {},
      asyncAttributesPending: true,
      waitForAsyncAttributes: () => turn().then(() => (found = true)),
    };
    queue.add(Object.assign(Object.create(make('ask')) as ReadableSpan, { resource }));
    await queue.flush();
    expect([found, exporter.batches.length]).toEqual([true, 1]);
  });

  it('survives an exporter that throws', async () => {
    const exporter = new HeldExporter(0);
    exporter.export = () => {
      throw new Error('exporter');
    };
    const queue = queueOf(exporter);
    add(queue, 3);
    await queue.flush();
    expect(queue.stats()).toMatchObject({ queued: 0, failed: 3 });
  });

  it('sends what waits when it is closed, shuts its exporter down and takes nothing more', async () => {
    const exporter = new HeldExporter(0);
    const queue = queueOf(exporter);
    add(queue, 3);
    await Promise.all([queue.close(), queue.close()]);
    add(queue, 2);
    expect(exporter.wasShutDown).toBe(true);
    expect(queue.stats()).toEqual({ queued: 0, exported: 3, failed: 0, lost: 2 });
  });
});

describe('the limits of the queue', () => {
  it('are large enough for a burst', () => {
    expect(queueLimits(undefined)).toEqual({
      queueSpans: 32_768,
      queueBytes: 67_108_864,
      batchSpans: 512,
      delayMs: 1000,
      timeoutMs: 30_000,
      concurrentExports: 4,
    });
  });

  it('are those of OTEL_BSP_*, where they are numbers', () => {
    const diag = diagLines();
    process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = '100';
    process.env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'] = '10';
    process.env['OTEL_BSP_SCHEDULE_DELAY'] = '20';
    process.env['OTEL_BSP_EXPORT_TIMEOUT'] = 'soon';
    expect(queueLimits({ batchSpans: 7 })).toMatchObject({
      queueSpans: 100,
      batchSpans: 7,
      delayMs: 20,
      timeoutMs: 30_000,
    });
    expect(diag.matching(/OTEL_BSP_EXPORT_TIMEOUT=soon: expected a number above 0; 30000 is used/)).toHaveLength(1);
  });
});
