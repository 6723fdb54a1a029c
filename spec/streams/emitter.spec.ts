import { EventEmitter, getEventListeners, once } from 'node:events';
import { trace } from '@opentelemetry/api';
import { span } from '../../src/decorators/span.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { collectUntil } from '../support/collect.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

class Source {
  made: unknown;

  @span
  listen<T>(make: () => T): T {
    const value = make();
    this.made = value;
    return value;
  }
}

const listen = <T>(make: () => T): T => new Source().listen(make);
const outcomes = (): unknown[] => telemetry.spans.map((one) => one.attributes['decotel.outcome']);
const emitter = (): EventEmitter => new EventEmitter();
const target = (): EventTarget => new EventTarget();
const fire = (on: EventTarget, type: string, members: object = {}): boolean =>
  on.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), members));

function thrownBy(on: EventEmitter, error: Error): string {
  try {
    on.emit('error', error);
  } catch (thrown) {
    return (thrown as Error).message.split('\n')[0] ?? '';
  }
  throw new Error('nothing was thrown');
}

describe('an emitter that a decorated method returns', () => {
  it('is the same object without a listener of ours', () => {
    class Feed extends EventEmitter {
      #seen = 0;
      override emit(event: string, ...details: unknown[]): boolean {
        this.#seen++;
        return super.emit(event, ...details);
      }
      get seen(): number {
        return this.#seen;
      }
    }
    const source = new Source();
    const feed = source.listen(() => new Feed());
    expect(feed).toBe(source.made);
    expect([feed.eventNames(), feed.listenerCount('error'), feed.listenerCount('end')]).toEqual([[], 0, 0]);
    expect(Object.keys(feed)).toEqual(Object.keys(new Feed()));
    expect(feed.emit('data', 'a')).toBe(false);
    feed.on('end', () => undefined);
    expect(feed.emit('end')).toBe(true);
    expect(feed.seen).toBe(2);
    expect(outcomes()).toEqual(['completed']);
  });

  it.each([
    ['end', 'completed'],
    ['close', 'completed'],
    ['finish', 'completed'],
    ['done', 'completed'],
    ['complete', 'completed'],
    ['abort', 'aborted'],
  ])('has one span, ended by the first %s', (event, outcome) => {
    const feed = listen(emitter);
    feed.emit('data', 'a');
    feed.emit('data', 'b');
    expect(outcomes()).toEqual([]);
    feed.emit(event);
    feed.emit('data', 'late');
    feed.emit(
      'error',
      feed.on('error', () => undefined),
    );
    expect(outcomes()).toEqual([outcome]);
    expect(telemetry.span('listen').attributes).toMatchObject({
      'decotel.stream.chunks': 2,
      'decotel.result': '"ab"',
    });
  });

  it('throws an error that nobody handles, and gives a handler the same one', async () => {
    const error = new TypeError('no such shelf');
    // In jest's sandbox an error is none of Node's, which says so in the message.
    expect(thrownBy(listen(emitter), error)).toBe(thrownBy(emitter(), error));
    const heard = listen(emitter);
    const handled = once(heard, 'error');
    heard.emit('error', error);
    expect((await handled)[0]).toBe(error);
    const awaited = listen(emitter);
    const failing = once(awaited, 'end');
    awaited.emit('error', error);
    await expect(failing).rejects.toBe(error);
    expect(outcomes()).toEqual(['error', 'error', 'error']);
    for (const one of telemetry.spans) {
      expect(one.attributes['error.type']).toBe('TypeError');
      expect(one.events).toHaveLength(1);
    }
  });

  it('throws what a handler throws', () => {
    const feed = listen(emitter);
    feed.on('end', () => {
      throw new Error('handler');
    });
    expect(() => feed.emit('end')).toThrow('handler');
    expect(outcomes()).toEqual(['completed']);
  });

  it('ends as abandoned when it is collected, and as shutdown when telemetry is shut down', async () => {
    (() => void listen(emitter))();
    await collectUntil(() => telemetry.spans.length === 1);
    const kept = listen(emitter);
    endOpenCalls('shutdown');
    kept.emit('end');
    expect(outcomes()).toEqual(['abandoned', 'shutdown']);
  });

  it('says so where it cannot be watched', () => {
    const frozen = listen(() => Object.freeze(emitter()));
    expect(frozen.emit('end')).toBe(false);
    expect(telemetry.span('listen').attributes).toMatchObject({
      'decotel.unobserved': true,
      'decotel.outcome': 'completed',
    });
  });
});

describe('an EventTarget that a decorated method returns', () => {
  it('is the same object without a listener of ours', () => {
    const source = new Source();
    const returned = source.listen(target);
    expect(returned).toBe(source.made);
    for (const type of ['end', 'close', 'error', 'abort', 'complete', 'loadend']) {
      expect(getEventListeners(returned, type)).toEqual([]);
    }
    expect(Object.keys(returned)).toEqual(Object.keys(target()));
    fire(returned, 'close');
    expect(outcomes()).toEqual(['completed']);
  });

  it.each([
    ['end', 'completed'],
    ['close', 'completed'],
    ['complete', 'completed'],
    ['loadend', 'completed'],
    ['abort', 'aborted'],
  ])('has one span, ended by the first %s', (type, outcome) => {
    const returned = listen(target);
    fire(returned, 'message');
    expect(outcomes()).toEqual([]);
    fire(returned, type);
    fire(returned, 'error');
    expect(outcomes()).toEqual([outcome]);
  });

  it('ends with the error of an error event, which throws nothing and can be prevented', () => {
    const error = new TypeError('no such shelf');
    const unheard = listen(target);
    expect(fire(unheard, 'error', { error })).toBe(true);
    const heard = listen(target);
    heard.addEventListener('error', (event) => event.preventDefault());
    expect(fire(heard, 'error')).toBe(false);
    expect(outcomes()).toEqual(['error', 'error']);
    expect(telemetry.spans.map((one) => one.attributes['error.type'])).toEqual(['TypeError', 'Error']);
  });

  it('refuses what is no event, as it did', () => {
    const returned = listen(target);
    expect(() => returned.dispatchEvent('end' as never)).toThrow('must be an instance of Event');
    expect(outcomes()).toEqual([]);
    fire(returned, 'end');
    expect(outcomes()).toEqual(['completed']);
  });

  it('keeps what its listeners do outside its span', async () => {
    const application = trace.getTracer('the application');
    const returned = listen(() => {
      const made = target();
      setTimeout(() => fire(made, 'end'));
      return made;
    });
    await application.startActiveSpan('request', async (request) => {
      await new Promise<void>((resolve) => {
        returned.addEventListener('end', () => {
          application.startSpan('listener').end();
          resolve();
        });
      });
      request.end();
    });
    expect(telemetry.span('listener').parentSpanContext?.spanId).not.toBe(
      telemetry.span('listen').spanContext().spanId,
    );
  });

  it('leaves a signal alone', () => {
    const controller = new AbortController();
    expect(listen(() => controller.signal)).toBe(controller.signal);
    expect(outcomes()).toEqual(['completed']);
    controller.abort();
    expect(Object.getOwnPropertyNames(controller.signal)).toEqual([]);
  });
});
