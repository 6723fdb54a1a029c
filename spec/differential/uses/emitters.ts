import { on, once, type EventEmitter } from 'node:events';
import { idiom, type Uses } from '../table.js';
import { look } from './facts.js';
import { ConsumerError, turn } from './moments.js';

const EVENTS = ['data', 'error', 'end'];
export const EAGER = 'it goes on by itself until it is over, whoever listens';

async function untilOver(emitter: EventEmitter): Promise<void> {
  await new Promise<void>((resolve) => {
    emitter.once('end', resolve);
    emitter.once('error', () => resolve());
  });
}

/** An emitter starts on the next turn and goes on until it is over. */
export const emitterUses: Uses<EventEmitter> = {
  inspect: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const emitter = consumer.call();
    look(trace, emitter, { print: false });
    trace.note(
      'listeners',
      ...EVENTS.map((event) => emitter.listenerCount(event)),
      ...emitter.eventNames().map(String),
    );
    emitter.on('error', () => undefined);
    await untilOver(emitter);
  }),
  await: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    await consumer.trace.attempt('awaited', () => emitter);
    await consumer.trace.attempt('end', () => once(emitter, 'end'));
  }),
  read: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    for (const event of EVENTS) emitter.on(event, (...details) => consumer.trace.note(event, ...details));
    emitter.once('data', () => consumer.midway());
    await untilOver(emitter);
  }),
  stop: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    const listener = (value: unknown): void => {
      consumer.trace.note('data', value);
      emitter.off('data', listener);
    };
    emitter.on('data', listener);
    await untilOver(emitter);
  }),
  fail: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    emitter.once('data', (value) => {
      throw new ConsumerError(String(value));
    });
    await untilOver(emitter);
  }),
  twice: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    for (const side of ['left', 'right'])
      for (const event of EVENTS)
        emitter.on(event, (...details) => consumer.trace.note(`${side} ${event}`, ...details));
    await untilOver(emitter);
  }),
  step: idiom('ends', async (consumer) => {
    const { trace } = consumer;
    const emitter = consumer.call();
    const values = on(emitter, 'data', { close: ['end'] });
    for (let count = 0; count < 3; count++) await trace.attempt('next', () => values.next());
    await turn();
  }),
  pass: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    const emit = emitter.emit.bind(emitter);
    // What wraps an emitter puts its own `emit` in place.
    emitter.emit = (event: string, ...details: unknown[]) => {
      consumer.trace.note(`passes ${event}`, ...details);
      return emit(event, ...details);
    };
    emitter.on('error', () => undefined);
    await untilOver(emitter);
  }),
  cancel: idiom('aborted', async (consumer) => {
    const emitter = consumer.call();
    emitter.on('abort', () => consumer.trace.note('abort')).on('error', () => undefined);
    emitter.emit('abort');
    await untilOver(emitter);
  }),
  handle: idiom('ends', async (consumer) => {
    const emitter = consumer.call();
    emitter.on('error', (error) => consumer.trace.note('error', error));
    await untilOver(emitter);
  }),
  leave: EAGER,
  drop: EAGER,
  unhandled: idiom('ends', (consumer) => {
    consumer.call().on('data', (value) => consumer.trace.note('data', value));
  }),
};

const TARGET_EVENTS = ['message', 'error', 'end'];

async function untilTargetIsOver(target: EventTarget): Promise<void> {
  await new Promise((resolve) => {
    for (const type of ['end', 'error']) target.addEventListener(type, resolve, { once: true });
  });
}

export const eventTargetUses: Uses<EventTarget> = {
  inspect: idiom('ends', async (consumer) => {
    const target = consumer.call();
    look(consumer.trace, target, { print: false });
    await untilTargetIsOver(target);
  }),
  await: idiom('ends', async (consumer) => {
    const target = consumer.call();
    await consumer.trace.attempt('awaited', () => target);
    await consumer.trace.attempt('end', () =>
      once(target, 'end', { signal: AbortSignal.timeout(50) }).then(() => 'end'),
    );
  }),
  read: idiom('ends', async (consumer) => {
    const target = consumer.call();
    target.addEventListener('message', () => consumer.midway(), { once: true });
    for (const type of TARGET_EVENTS) {
      target.addEventListener(type, (event) =>
        consumer.trace.note(event.type, event.target, Reflect.get(event, 'data')),
      );
    }
    await untilTargetIsOver(target);
  }),
  stop: idiom('ends', async (consumer) => {
    const target = consumer.call();
    target.addEventListener('message', (event) => consumer.trace.note(event.type, Reflect.get(event, 'data')), {
      once: true,
    });
    await untilTargetIsOver(target);
  }),
  fail: 'what a listener throws goes to the process, and the dispatch goes on',
  twice: idiom('ends', async (consumer) => {
    const target = consumer.call();
    for (const side of ['left', 'right']) {
      target.addEventListener('message', (event) => consumer.trace.note(side, Reflect.get(event, 'data')));
    }
    await untilTargetIsOver(target);
  }),
  step: idiom('ends', async (consumer) => {
    const target = consumer.call();
    consumer.trace.note('dispatched', target.dispatchEvent(new Event('message', { cancelable: true })));
    await untilTargetIsOver(target);
  }),
  pass: idiom('ends', async (consumer) => {
    const target = consumer.call();
    target.addEventListener('end', (event) => {
      event.stopImmediatePropagation();
      consumer.trace.note('stopped', event.type);
    });
    target.addEventListener('error', (event) => event.preventDefault());
    await untilTargetIsOver(target).catch(() => undefined);
  }),
  cancel: idiom('aborted', async (consumer) => {
    const target = consumer.call();
    target.addEventListener('abort', () => consumer.trace.note('abort'));
    target.dispatchEvent(new Event('abort'));
    await untilTargetIsOver(target);
  }),
  handle: idiom('ends', async (consumer) => {
    const target = consumer.call();
    target.addEventListener('error', (event) => consumer.trace.note('error', Reflect.get(event, 'error')));
    await untilTargetIsOver(target);
  }),
  leave: EAGER,
  drop: EAGER,
  unhandled: idiom('ends', (consumer) => {
    consumer.call().addEventListener('message', (event) => consumer.trace.note('message', Reflect.get(event, 'data')));
  }),
};
