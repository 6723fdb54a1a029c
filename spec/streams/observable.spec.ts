import { trace, type Tracer } from '@opentelemetry/api';
import OpenAI from 'openai';
import {
  BehaviorSubject,
  config,
  defer,
  firstValueFrom,
  from,
  groupBy,
  interval,
  lastValueFrom,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  retry,
  shareReplay,
  Subject,
  take,
  throwError,
  toArray,
  type Subscription,
} from 'rxjs';
import { observe } from '../../src/clients/observe.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { span } from '../../src/decorators/span.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { settings } from '../../src/core/settings.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { watch } from '../../src/streams/watch.js';
import { collectUntil } from '../support/collect.js';
import { loopback } from '../support/loopback.js';
import { RecordingSink } from '../support/recording-sink.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiChunks } from '../support/wire.js';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = startTelemetry();
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints.filter((line) => !line.includes('whose request is not known'))).toEqual([]);
  await telemetry.stop();
});

/** What a method returns, as a decorated method returns it. */
class Source {
  readonly made: unknown[] = [];

  @span
  words<T>(make: () => T): T {
    const observable = make();
    this.made.push(observable);
    return observable;
  }
}

const words = <T>(make: () => T): T => new Source().words(make);
const outcomes = (): unknown[] => telemetry.spans.map((one) => one.attributes['decotel.outcome']);
const names = (): string[] => telemetry.spans.map((one) => one.name);
const parentOf = (name: string): string | undefined => telemetry.span(name).parentSpanContext?.spanId;
const idOf = (name: string): string => telemetry.span(name).spanContext().spanId;
const application = (): Tracer => trace.getTracer('the application');
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Emits `items` one turn of the event loop after another, and ends. */
function cold<T>(...items: T[]): Observable<T> {
  return new Observable<T>((subscriber) => {
    let timer: NodeJS.Timeout;
    const emit = (index: number): void => {
      timer = setTimeout(() => {
        if (index === items.length) subscriber.complete();
        else {
          subscriber.next(items[index] as T);
          emit(index + 1);
        }
      });
    };
    emit(0);
    return () => clearTimeout(timer);
  });
}

describe('an observable that a decorated method returns', () => {
  it('is the same object, of its class, with nothing new to list', async () => {
    const source = new Source();
    const returned = source.words(() => cold('a'));
    expect(returned).toBe(source.made[0]);
    expect(returned).toBeInstanceOf(Observable);
    expect(Object.keys(returned)).toEqual(Object.keys(cold('a')));
    const subject = source.words(() => new BehaviorSubject('now'));
    expect(subject).toBeInstanceOf(BehaviorSubject);
    expect(subject.getValue()).toBe('now');
    expect(await firstValueFrom(returned)).toBe('a');
    expect(await firstValueFrom(subject)).toBe('now');
  });

  it('does nothing before it is subscribed to, and ends its span with the subscription', async () => {
    let subscribed = 0;
    const returned = words(() =>
      defer(() => {
        subscribed++;
        return cold('a', 'b');
      }),
    );
    await turn();
    expect([subscribed, names()]).toEqual([0, []]);
    expect(await lastValueFrom(returned.pipe(toArray()))).toEqual(['a', 'b']);
    expect([subscribed, outcomes()]).toEqual([1, ['completed']]);
    expect(telemetry.span('words').attributes).toMatchObject({ 'decotel.stream.chunks': 2, 'decotel.result': '"ab"' });
  });

  it('takes callbacks, an observer, a subject or nothing', async () => {
    const seen: string[] = [];
    words(() => of('a')).subscribe((value) => seen.push(value));
    words(() => of('b')).subscribe({ next: (value) => seen.push(value), complete: () => seen.push('end') });
    const subject = new Subject<string>();
    subject.subscribe((value) => seen.push(value));
    words(() => of('c')).subscribe(subject);
    words(() => of('d')).subscribe();
    words(() => of('e')).subscribe(null as never);
    await words(() => of('f')).forEach((value) => seen.push(value));
    class Observer {
      #seen = seen;
      next(value: string): void {
        this.#seen.push(value);
      }
    }
    words(() => of('g')).subscribe(new Observer());
    expect(seen).toEqual(['a', 'b', 'end', 'c', 'f', 'g']);
    expect(outcomes()).toEqual(Array.from({ length: 7 }, () => 'completed'));
  });

  it('counts what is emitted before subscribe returns', () => {
    const seen: string[] = [];
    const subscription = words(() => of('a', 'b', 'c')).subscribe((value) => seen.push(value));
    expect([seen, subscription.closed]).toEqual([['a', 'b', 'c'], true]);
    expect(telemetry.span('words').attributes['decotel.stream.chunks']).toBe(3);
    expect(outcomes()).toEqual(['completed']);
  });

  it('ends with the error, sent or thrown, synchronous or later', async () => {
    const error = new Error('no such book');
    const sources = [
      () => throwError(() => error),
      () =>
        new Observable(() => {
          throw error;
        }),
      () =>
        cold('a').pipe(
          map(() => {
            throw error;
          }),
        ),
    ];
    for (const source of sources) await expect(lastValueFrom(words(source))).rejects.toBe(error);
    expect(outcomes()).toEqual(['error', 'error', 'error']);
    for (const one of telemetry.spans) {
      expect(one.attributes['error.type']).toBe('Error');
      expect(one.events.map((event) => event.name)).toEqual(['exception']);
    }
  });

  it('ends as aborted with the error of an abort, or with the reason of a signal that the method was given', async () => {
    class Stopped {
      @span
      words(signal: AbortSignal): Observable<never> {
        return defer(() => throwError(() => signal.reason as Error));
      }
    }
    for (const reason of [undefined, new Error('the reader has left')]) {
      const controller = new AbortController();
      controller.abort(reason);
      const returned = new Stopped().words(controller.signal);
      for (let round = 0; round < 2; round++) {
        await expect(lastValueFrom(returned)).rejects.toBe(controller.signal.reason);
      }
    }
    expect(outcomes()).toEqual(['aborted', 'aborted', 'aborted', 'aborted']);
  });

  it('throws what subscribe throws', () => {
    const subject = words(() => new Subject<string>());
    subject.unsubscribe();
    expect(() => subject.subscribe()).toThrow('object unsubscribed');
    expect(outcomes()).toEqual(['error']);
  });

  it('ends as cancelled when its consumer stops: unsubscribe, take, firstValueFrom, an operator that throws', async () => {
    let stopped = 0;
    const endless = (): Observable<string> =>
      new Observable<string>((subscriber) => {
        const timer = setInterval(() => subscriber.next('tick'));
        return () => {
          stopped++;
          clearInterval(timer);
        };
      });
    const subscription = words(endless).subscribe();
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(await lastValueFrom(words(endless).pipe(take(2), toArray()))).toEqual(['tick', 'tick']);
    expect(await firstValueFrom(words(endless))).toBe('tick');
    const failing = words(endless).pipe(
      map(() => {
        throw new Error('consumer');
      }),
    );
    await expect(lastValueFrom(failing)).rejects.toThrow('consumer');
    expect(await lastValueFrom(words(() => of('a', 'b')).pipe(take(1)))).toBe('a');
    expect(stopped).toBe(4);
    expect(outcomes()).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled', 'cancelled']);
    expect(telemetry.spans[1]?.attributes['decotel.stream.chunks']).toBe(2);
  });

  it('stays open while an operator puts the end off', () => {
    const subject = new Subject<number>();
    const groups: Subscription[] = [];
    const outer = words(() => subject)
      .pipe(groupBy((value) => value % 2))
      .subscribe((group) => groups.push(group.subscribe()));
    subject.next(1);
    outer.unsubscribe();
    expect(outcomes()).toEqual([]);
    for (const group of groups) group.unsubscribe();
    expect(outcomes()).toEqual(['cancelled']);
  });

  it('reports an error without a handler as RxJS does, once, and a failing consumer likewise', async () => {
    const reported: unknown[] = [];
    const former = config.onUnhandledError;
    config.onUnhandledError = (error) => reported.push((error as Error).message);
    try {
      for (const subscribe of [
        (source: Observable<string>) => source.subscribe(),
        (source: Observable<string>) => source.subscribe(() => undefined),
        (source: Observable<string>) => source.subscribe({ complete: () => undefined }),
      ]) {
        for (const decorated of [
          (source: Observable<string>) => source,
          (source: Observable<string>) => words(() => source),
        ]) {
          subscribe(decorated(throwError(() => new Error('sync'))));
          subscribe(decorated(cold('a').pipe(mergeMap(() => throwError(() => new Error('later'))))));
        }
      }
      words(() => of('a')).subscribe(() => {
        throw new Error('consumer');
      });
      expect(reported).toEqual([]);
      while (reported.length < 13) await turn();
      await turn();
    } finally {
      config.onUnhandledError = former;
    }
    expect(reported.filter((message) => message === 'sync')).toHaveLength(6);
    expect(reported.filter((message) => message === 'later')).toHaveLength(6);
    expect(reported.filter((message) => message === 'consumer')).toHaveLength(1);
    expect(outcomes().filter((outcome) => outcome === 'error')).toHaveLength(6);
    expect(outcomes().filter((outcome) => outcome === 'completed')).toHaveLength(1);
  });

  it('is watched when a promise resolves to it, and says so when it cannot be watched', async () => {
    class Async {
      @span
      async later(): Promise<Observable<string>> {
        await turn();
        return cold('a');
      }
    }
    const returned = await new Async().later();
    expect(names()).toEqual([]);
    await lastValueFrom(returned);
    const frozen = words(() => Object.freeze(of('b')));
    expect(await lastValueFrom(frozen)).toBe('b');
    expect(telemetry.spans.map((one) => one.attributes['decotel.unobserved'])).toEqual([undefined, true]);
  });
});

describe('subscriptions of one observable', () => {
  it('have one span each: one after another and at the same time', async () => {
    const returned = words(() => cold('a', 'b'));
    await lastValueFrom(returned);
    await Promise.all([lastValueFrom(returned), firstValueFrom(returned)]);
    expect(names()).toEqual(['words', 'words', 'words']);
    expect(outcomes().sort()).toEqual(['cancelled', 'completed', 'completed']);
    expect(new Set(telemetry.spans.map((one) => one.spanContext().spanId)).size).toBe(3);
  });

  it('have one span for each attempt of retry, and for each consumer of a replay', async () => {
    let attempts = 0;
    const flaky = words(() => defer(() => (++attempts < 3 ? throwError(() => new Error('busy')) : of('there'))));
    expect(await lastValueFrom(flaky.pipe(retry(3)))).toBe('there');
    expect(outcomes()).toEqual(['error', 'error', 'completed']);

    telemetry.clear();
    const outside = words(() => cold('a')).pipe(shareReplay(1));
    expect(await Promise.all([lastValueFrom(outside), lastValueFrom(outside)])).toEqual(['a', 'a']);
    expect(outcomes()).toEqual(['completed']);

    telemetry.clear();
    let subscribed = 0;
    const inside = words(() =>
      defer(() => {
        subscribed++;
        return cold('a');
      }).pipe(shareReplay(1)),
    );
    expect(await Promise.all([lastValueFrom(inside), lastValueFrom(inside)])).toEqual(['a', 'a']);
    expect([subscribed, outcomes()]).toEqual([1, ['completed', 'completed']]);
  });

  it('of a hot source get what comes while they are there', () => {
    const subject = new Subject<string>();
    const returned = words(() => subject);
    const first: string[] = [];
    const second: string[] = [];
    const early = returned.subscribe((value) => first.push(value));
    subject.next('a');
    returned.subscribe((value) => second.push(value));
    subject.next('b');
    early.unsubscribe();
    subject.next('c');
    subject.complete();
    expect([first, second]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect(telemetry.spans.map((one) => [one.attributes['decotel.outcome'], one.attributes['decotel.result']])).toEqual(
      [
        ['cancelled', '"ab"'],
        ['completed', '"bc"'],
      ],
    );
  });

  it('start with the same name, kind and attributes, below what is active then, or else where the call was made', async () => {
    class Librarian {
      @withOtel({ name: 'ask', operation: 'chat', model: 'gpt-5-mini', tags: ['shelf'], attributes: { desk: 4 } })
      ask(question: string): Observable<string> {
        return of(`${question}!`);
      }
    }
    const returned = application().startActiveSpan('request', (request) => {
      const observable = new Librarian().ask('Dune?');
      observable.subscribe();
      request.end();
      return observable;
    });
    returned.subscribe();
    application().startActiveSpan('later', (later) => {
      returned.subscribe();
      later.end();
    });
    const asks = telemetry.spans.filter((one) => one.name === 'ask');
    expect(asks.map((one) => one.parentSpanContext?.spanId)).toEqual([idOf('request'), idOf('request'), idOf('later')]);
    const [first, ...later] = asks;
    for (const one of later) {
      expect([one.kind, one.attributes]).toEqual([first?.kind, first?.attributes]);
    }
    expect(first?.attributes).toMatchObject({
      desk: 4,
      'code.function.name': 'Librarian.ask',
      'decotel.tags': ['shelf'],
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5-mini',
    });
  });

  it('have what their producer does, now and later and at its end, as children', async () => {
    const note = (name: string): void => application().startSpan(name).end();
    const producer = (): Observable<string> =>
      new Observable<string>((subscriber) => {
        note('begin');
        const timer = setTimeout(() => {
          note('later');
          subscriber.next('a');
        });
        return () => {
          note('end');
          clearTimeout(timer);
        };
      });
    await firstValueFrom(words(producer));
    for (const name of ['begin', 'later', 'end']) expect(parentOf(name)).toBe(idOf('words'));

    telemetry.clear();
    const returned = words(producer);
    await firstValueFrom(returned);
    telemetry.clear();
    await firstValueFrom(returned);
    for (const name of ['begin', 'later', 'end']) expect(parentOf(name)).toBe(idOf('words'));
  });

  it('do not have what their consumer does as children', async () => {
    await application().startActiveSpan('request', async (request) => {
      const first = words(() => cold('a'));
      await lastValueFrom(first.pipe(mergeMap((value) => new Librarian().next(value))));
      request.end();
    });
    expect(parentOf('words')).toBe(idOf('request'));
    expect(parentOf('next')).toBe(idOf('request'));

    const subject = new Subject<string>();
    words(() => subject).subscribe(() => application().startSpan('consumer').end());
    application().startActiveSpan('pusher', (pusher) => {
      subject.next('a');
      pusher.end();
    });
    subject.complete();
    expect(parentOf('consumer')).toBe(idOf('pusher'));
  });

  class Librarian {
    @span
    next(value: string): Observable<string> {
      return of(value);
    }
  }

  it('go to both methods that return the same observable, the inner one inside, each time', async () => {
    class Agent {
      @span
      inner(): Observable<string> {
        return cold('a');
      }
      @span
      outer(): Observable<string> {
        return this.inner();
      }
    }
    const returned = new Agent().outer();
    for (let round = 0; round < 2; round++) {
      telemetry.clear();
      await lastValueFrom(returned);
      expect(names()).toEqual(['inner', 'outer']);
      expect(outcomes()).toEqual(['completed', 'completed']);
      expect(parentOf('inner')).toBe(idOf('outer'));
    }
  });

  it('of one observable that call after call returns belong to one call each', () => {
    const subject = new Subject<string>();
    const source = new Source();
    const [first, second] = [source.words(() => subject), source.words(() => subject)];
    expect(first).toBe(second);
    const subscriptions = [first.subscribe(), second.subscribe(), first.subscribe()];
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(outcomes()).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });
});

describe('an observable whose subscription does not end by itself', () => {
  it('ends as abandoned when it is collected unread, and as shutdown when telemetry is shut down', async () => {
    (() => void words(() => cold('a')))();
    await collectUntil(() => telemetry.spans.length === 1);
    words(() => NEVER).subscribe();
    const unread = words(() => cold('a'));
    endOpenCalls('shutdown');
    expect(outcomes()).toEqual(['abandoned', 'shutdown', 'shutdown']);
    expect(unread).toBeInstanceOf(Observable);
  });

  it('stays open while its producer runs, though nobody holds the observable', async () => {
    const subscription = words(() => interval(5)).subscribe();
    await collectUntil(() => telemetry.spans.length > 0, 100);
    expect(names()).toEqual([]);
    subscription.unsubscribe();
    expect(outcomes()).toEqual(['cancelled']);
  });

  it('is never idle once it is subscribed to, and has a new span after it was idle before', async () => {
    // It ends the timer of the usual limit too.
    endOpenCalls('shutdown');
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { limits: { ...settings().limits, idleMs: 20 } } });
    const subject = new Subject<string>();
    const subscription = words(() => subject).subscribe();
    const unread = words(() => cold('a'));
    await telemetry.ended(1);
    expect(outcomes()).toEqual(['abandoned']);
    await lastValueFrom(unread);
    subscription.unsubscribe();
    expect(outcomes()).toEqual(['abandoned', 'completed', 'cancelled']);
  });
});

describe('an observable of a model call', () => {
  const template = 'Recommend a {genre} book';

  it('renders its prompt at each subscription, with telemetry and without', async () => {
    class Librarian {
      @withOtel()
      @promptTemplate(template)
      recommend(genre: string): Observable<string> {
        return defer(() => of(promptText({ genre })));
      }
    }
    const recorded = new Librarian().recommend('fantasy');
    for (let round = 0; round < 2; round++) expect(await lastValueFrom(recorded)).toBe('Recommend a fantasy book');
    expect(telemetry.spans.map((one) => one.attributes['decotel.prompt.rendered'])).toEqual([
      'Recommend a fantasy book',
      'Recommend a fantasy book',
    ]);
    await telemetry.stop();
    expect(await lastValueFrom(new Librarian().recommend('crime'))).toBe('Recommend a crime book');
    telemetry = startTelemetry();
  });

  it('has tokens and text of each subscription, whether the method makes the request or an observed client', async () => {
    const server = await loopback(() => ({ events: openAiChunks(['Du', 'ne']) }));
    const openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
    class Librarian {
      @withOtel()
      recommend(): Observable<string> {
        return defer(() =>
          openai.chat.completions.create({
            model: 'gpt-5-mini',
            messages: [{ role: 'user', content: 'Which book?' }],
            stream: true,
            stream_options: { include_usage: true },
          }),
        ).pipe(
          mergeMap((stream) => from(stream)),
          map((chunk) => chunk.choices[0]?.delta.content ?? ''),
        );
      }
    }
    const returned = new Librarian().recommend();
    for (let round = 0; round < 2; round++) {
      telemetry.clear();
      expect((await lastValueFrom(returned.pipe(toArray()))).join('')).toBe('Dune');
      expect(names()).toEqual(['recommend']);
      expect(telemetry.span('recommend').attributes).toMatchObject({
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.usage.output_tokens': 7,
        'decotel.outcome': 'completed',
      });
    }
    await server.close();
  });

  it('has a span for each subscription where an observed client returns it', () => {
    /** No SDK of a provider does so: a wrapper that an application writes around one. */
    class ClientOfObservables {
      create(body: object): Observable<unknown> {
        return of(body, 'Dune');
      }
    }
    const returned = observe(new ClientOfObservables()).create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: 'Which?' }],
    });
    returned.subscribe();
    returned.subscribe();
    expect(names()).toEqual(['chat gpt-5-mini', 'chat gpt-5-mini']);
    expect(outcomes()).toEqual(['completed', 'completed']);
  });
});

describe('what is no observable of RxJS', () => {
  const watched = <T>(value: T): { value: T; sink: RecordingSink } => {
    const sink = new RecordingSink();
    return { value: watch(value, sink, () => undefined) as T, sink };
  };

  it('is a plain value where its interoperation point gives another object, as a store does', () => {
    const store = { subscribe: () => () => undefined, getState: () => 1, '@@observable': () => ({}) };
    const { value, sink } = watched(store);
    expect([value, sink.values]).toEqual([store, [store]]);
    expect(Object.keys(value)).toEqual(['subscribe', 'getState', '@@observable']);
  });

  it('is left alone, and said not to be observed, where it subscribes in a way of its own', () => {
    class Observed {
      constructor(private readonly subscriber: (observer: object) => void) {}
      subscribe(observer: object): { unsubscribe(): void } {
        this.subscriber({ observer });
        return { unsubscribe: () => undefined };
      }
      ['@@observable'](): this {
        return this;
      }
    }
    for (const foreign of [new Observed(() => undefined), { subscribe: () => 'topic', pipe: () => 'piped' }]) {
      const { value, sink } = watched(foreign);
      expect(value).toBe(foreign);
      expect(Object.hasOwn(value, 'subscribe')).toBe('pipe' in foreign);
      expect(sink.wasUnobserved).toBe(true);
    }
  });
});
