import { idiom, type Use, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError } from './moments.js';
import { notingSink } from './web-streams.js';

const bytes = (response: Response): ReadableStream<Uint8Array> => {
  if (response.body === null) throw new Error('no body');
  return response.body;
};

export const responseUses: Uses<Response> = {
  inspect: idiom('shutdown', async (consumer) => {
    const { trace } = consumer;
    const response = await consumer.open();
    look(trace, response, { print: false });
    trace.note('says', response.status, response.ok, response.url, response.redirected, response.type);
    trace.note('headers', [...response.headers], response.headers === response.headers);
    trace.note('body', response.bodyUsed, response.body === response.body, response.body instanceof ReadableStream);
    trace.note('instance', response instanceof Response);
  }),
  await: idiom('ends', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('awaited', () => response);
    await consumer.trace.attempt('bytes', () => response.arrayBuffer().then((buffer) => new Uint8Array(buffer)));
  }),
  read: idiom('ends', async (consumer) => {
    const response = await consumer.open();
    consumer.midway();
    await consumer.trace.attempt('text', () => response.text());
    consumer.trace.note('used', response.bodyUsed);
  }),
  stop: idiom('cancelled', async (consumer) => {
    for await (const chunk of bytes(await consumer.open())) {
      consumer.trace.note('reads', chunk);
      break;
    }
  }),
  fail: idiom('cancelled', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('reading', async () => {
      for await (const chunk of bytes(response)) throw new ConsumerError(String(chunk.length));
    });
  }),
  twice: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const response = await consumer.open();
    const copy = response.clone();
    trace.note('copy', copy.status, copy === response);
    await trace.attempt('both', () => Promise.all([response.text(), copy.text()]));
    await trace.attempt('again', () => response.text());
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const reader = bytes(await consumer.open()).getReader();
    await trace.attempt('read', () => reader.read());
    consumer.midway();
    await trace.attempt('at once', () => Promise.all([reader.read(), reader.read()]));
  }),
  pass: idiom('ends', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('piped', () => bytes(response).pipeTo(notingSink(consumer.trace)));
    consumer.trace.note('used', response.bodyUsed);
  }),
  cancel: idiom('cancelled', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('cancel', () => bytes(response).cancel('enough'));
  }),
  handle: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const response = await consumer.open();
    await response
      .json()
      .then((value) => trace.note('json', value))
      .catch((error: unknown) => trace.note('caught', error))
      .finally(() => trace.note('finally'));
  }),
  leave: idiom('shutdown', async (consumer) => {
    const reader = bytes(await consumer.open()).getReader();
    consumer.trace.note('read', await reader.read());
  }),
  drop: idiom('abandoned', (consumer) => void consumer.start()),
  unhandled: idiom('ends', async (consumer) => {
    const response = await consumer.open();
    consumer.trace.note('text', await response.text());
  }),
};

/** A body of one chunk is over with it. */
export const shortResponseUses: Uses<Response> = {
  ...responseUses,
  ...ending('stop', 'fail', 'leave'),
  step: idiom('ends', async (consumer) => {
    const reader = bytes(await consumer.open()).getReader();
    await consumer.trace.attempt('at once', () => Promise.all([reader.read(), reader.read()]));
  }),
};

function ending(...uses: Use[]): Partial<Uses<Response>> {
  return Object.fromEntries(
    uses.map((use) => {
      const cell = responseUses[use];
      return [use, typeof cell === 'string' ? cell : idiom('ends', cell.script)];
    }),
  );
}

const NO_BODY = 'it has no body';
/** Without a body there is nothing to wait for. */
export const emptyResponseUses: Uses<Response> = {
  ...responseUses,
  ...ending('inspect', 'drop'),
  read: idiom('completed', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('text', () => response.text());
  }),
  stop: NO_BODY,
  fail: idiom('completed', async (consumer) => {
    const response = await consumer.open();
    consumer.trace.try('reading', () => {
      throw new ConsumerError(String(response.status));
    });
  }),
  step: NO_BODY,
  pass: idiom('completed', async (consumer) => {
    const response = await consumer.open();
    await consumer.trace.attempt('built anew', () => new Response(response.body, response).text());
  }),
  cancel: NO_BODY,
  leave: idiom('completed', (consumer) => consumer.open()),
};
