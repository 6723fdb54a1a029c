import { diag } from '@opentelemetry/api';
import { BatchSpanProcessor, InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { configure, type DecotelHandle } from '../../src/configure.js';
import { cleanProcess, nextTurn } from '../support/clean-process.js';
import { throughEngine } from '../support/decorated.js';
import { diagLines } from '../support/diag-lines.js';

const inner = throughEngine(async function inner() {
  await nextTurn();
});
const handler = throughEngine(async function handler() {
  await Promise.all([inner(), inner()]);
});
/** A route handler: its call ends with the body of its response. */
const route = throughEngine(function route() {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(1));
      controller.close();
    },
  });
  return new Response(body);
});

let handle: DecotelHandle;
let flushes: Promise<void>[];
let exporter: InMemorySpanExporter;

/** Sends by itself long after the process was frozen. */
const slow = () => new BatchSpanProcessor(exporter, { scheduledDelayMillis: 60_000 });
const sent = () => exporter.getFinishedSpans().map(({ name }: ReadableSpan) => name);

beforeEach(() => {
  flushes = [];
  exporter = new InMemorySpanExporter();
});
afterEach(() => cleanProcess(handle));

describe('waitUntil', () => {
  it('gets one flush for each trace, which sends all its spans', async () => {
    handle = configure({ processors: [slow()], waitUntil: (flush) => flushes.push(flush) });
    await handler();
    expect(flushes).toHaveLength(1);
    await flushes[0];
    // The processor itself would wait for a minute.
    expect(sent().sort()).toEqual(['handler', 'inner', 'inner']);
    await Promise.all([handler(), handler()]);
    expect(flushes).toHaveLength(3);
  });

  it('waits for the end of a response that is streamed', async () => {
    handle = configure({ processors: [slow()], waitUntil: (flush) => flushes.push(flush) });
    const response = route();
    await nextTurn();
    expect(flushes).toHaveLength(0);
    await response.text();
    expect(flushes).toHaveLength(1);
    await flushes[0];
    expect(sent()).toEqual(['route']);
  });

  it('that throws breaks nothing, and is reported', async () => {
    const { lines } = diagLines();
    handle = configure({
      processors: [slow()],
      waitUntil: () => {
        throw new Error('outside of a request');
      },
    });
    await expect(handler()).resolves.toBeUndefined();
    expect(lines.join('\n')).toContain('outside of a request');
    diag.disable();
  });

  it('has to be a function', () => {
    expect(() => configure({ waitUntil: true as never })).toThrow(/waitUntil: expected a function, got true/);
  });
});
