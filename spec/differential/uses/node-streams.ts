import { addAbortSignal, PassThrough, type Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Consumer } from '../consumer.js';
import type { Trace } from '../trace.js';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, turn } from './moments.js';

const EVENTS = ['data', 'end', 'error', 'close', 'pause', 'resume'];

/** Listens to everything and waits until the stream has closed. */
async function listen(consumer: Consumer<Readable>, stream: Readable): Promise<void> {
  for (const event of EVENTS) stream.on(event, (...details) => consumer.trace.note(event, ...details));
  stream.once('data', () => consumer.midway());
  await new Promise((resolve) => stream.once('close', resolve));
}

function notingWritable(trace: Trace, name: string): Writable {
  return new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      trace.note(`${name} gets`, chunk);
      setImmediate(done);
    },
    final(done) {
      trace.note(`${name} is finished`);
      done();
    },
  });
}

export const nodeStreamUses: Uses<Readable> = {
  inspect: idiom('shutdown', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    look(trace, stream, { print: false });
    trace.note('modes', stream.readableObjectMode, stream.readableHighWaterMark, stream.readableFlowing);
    trace.note('listeners', ...[...EVENTS, 'readable'].map((event) => stream.listenerCount(event)));
    trace.note('events', ...stream.eventNames().map(String));
  }),
  await: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('awaited', () => stream);
    stream.resume();
    await consumer.trace.attempt('finished', () => finished(stream));
  }),
  read: idiom('ends', async (consumer) => listen(consumer, await consumer.open())),
  stop: idiom('cancelled', async (consumer) => {
    const stream = await consumer.open();
    for await (const value of stream) {
      consumer.trace.note('reads', value);
      break;
    }
    consumer.trace.note('destroyed', stream.destroyed);
  }),
  fail: idiom('cancelled', async (consumer) => {
    const stream = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const value of stream) throw new ConsumerError(String(value));
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    stream.on('error', (error) => trace.note('error', error));
    stream.pipe(notingWritable(trace, 'left'));
    stream.pipe(notingWritable(trace, 'right'));
    await new Promise((resolve) => stream.once('close', resolve));
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    stream.on('error', (error) => trace.note('error', error));
    const over = new Promise((resolve) => stream.once('close', resolve));
    stream.on('readable', () => {
      for (let chunk = stream.read() as unknown; chunk !== null; chunk = stream.read()) trace.note('reads', chunk);
      trace.note('nothing more now', stream.readableLength);
    });
    await over;
  }),
  pass: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    const between = new PassThrough({ objectMode: true, highWaterMark: 1 });
    await trace.attempt('pipeline', () => pipeline(stream, between, notingWritable(trace, 'sink')));
  }),
  cancel: idiom(['cancelled', 'error', 'aborted'], async (consumer) => {
    const { trace } = consumer;
    const unread = await consumer.open();
    unread.on('close', () => trace.note('close'));
    trace.note('destroy', unread.destroy() === unread);
    await turn();
    const failed = await consumer.open();
    failed.on('error', (error) => trace.note('error', error)).on('close', () => trace.note('close'));
    failed.once('data', () => failed.destroy(new ConsumerError('destroyed')));
    await new Promise((resolve) => failed.once('close', resolve));
    const controller = new AbortController();
    const aborted = addAbortSignal(controller.signal, await consumer.open());
    aborted.on('error', (error) => trace.note('error', error));
    controller.abort();
    await new Promise((resolve) => aborted.once('close', resolve));
  }),
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const stream = await consumer.open();
    await trace.attempt('array', () => stream.toArray());
    trace.note('state', stream.errored, stream.readableEnded, stream.destroyed);
  }),
  leave: idiom('shutdown', async (consumer) => {
    const stream = await consumer.open();
    await new Promise<void>((resolve) =>
      stream.once('data', (chunk) => {
        consumer.trace.note('data', chunk);
        stream.pause();
        resolve();
      }),
    );
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    const stream = await consumer.open();
    stream.on('data', (chunk) => consumer.trace.note('data', chunk));
  }),
};
