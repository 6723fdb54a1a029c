import fc from 'fast-check';
import { isAbort } from '../../src/streams/abort.js';
import { endOpenCalls } from '../../src/spans/open-calls.js';
import { propertyMs, propertyRuns } from '../support/property-runs.js';
import { streamActs, type Act } from './plan.js';
import { doAtOnce, waitFor, type Run } from './sources.js';
import { Bare, Decorated, Observation, type SubjectClass, type Way } from './subject.js';
import { expectSame, quiet, Trace } from './trace.js';
import { errors, named } from './values.js';

let observation: Observation;
beforeAll(() => {
  observation = new Observation();
});
afterAll(() => observation.stop());

interface StreamPlan {
  acts: Act[];
  isBytes: boolean;
  highWaterMark: number;
  /** How many acts its start and each pull do. */
  atStart: number;
  atPull: number;
  onCancel: 'ends' | 'waits' | 'throws';
  /** Only of a stream of bytes: how its consumer reads. */
  intoBuffers: boolean;
}

const streamPlans: fc.Arbitrary<StreamPlan> = fc.record({
  acts: streamActs,
  isBytes: fc.boolean(),
  highWaterMark: fc.integer({ min: 0, max: 3 }),
  atStart: fc.constantFrom(0, 0, 1, 2),
  atPull: fc.constantFrom(1, 1, 2, 3),
  onCancel: fc.constantFrom('ends', 'waits', 'throws'),
  intoBuffers: fc.boolean(),
});

type Step =
  { does: 'read' | 'change readers' | 'shut down' | 'wait until quiet' } | { does: 'cancel' | 'abort'; reason: string };

const scripts = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 8, arbitrary: fc.constant({ does: 'read' }) },
    { weight: 1, arbitrary: fc.constant({ does: 'change readers' }) },
    { weight: 1, arbitrary: fc.constant({ does: 'shut down' }) },
    { weight: 4, arbitrary: fc.constant({ does: 'wait until quiet' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constantFrom('cancel', 'abort'),
        reason: errors.filter((name) => named(name) !== undefined),
      }),
    },
  ),
  { maxLength: 10 },
);

const cancelFailure = new Error('the source could not be cancelled');

function makeStream(plan: StreamPlan, run: Run): ReadableStream<unknown> {
  const { source } = run.trace;
  let index = 0;
  const enqueue = (controller: ReadableStreamDefaultController, value: unknown): void => {
    controller.enqueue(plan.isBytes ? new Uint8Array([index, 1, 2]) : value);
  };
  const close = (controller: ReadableStreamDefaultController): void => {
    source.push(['closes']);
    controller.close();
    (controller as unknown as ReadableByteStreamController).byobRequest?.respond(0);
  };
  const work = async (controller: ReadableStreamDefaultController, most: number): Promise<void> => {
    for (let count = 0; count < most; count++) {
      const act = plan.acts[index++];
      source.push([act?.does ?? 'is over']);
      if (act === undefined || act.does === 'return') {
        close(controller);
        return;
      }
      try {
        await waitFor(act, run);
        if (act.does === 'yield') enqueue(controller, named(act.value));
        else doAtOnce(act, run);
      } catch (error) {
        source.push(['fails', error]);
        throw error;
      }
      // A pull without a chunk is not repeated.
      if (act.does !== 'yield') count--;
    }
  };
  return new ReadableStream(
    {
      ...(plan.isBytes && { type: 'bytes' as unknown as undefined }),
      start: (controller) => (plan.atStart > 0 ? work(controller, plan.atStart) : undefined),
      pull: (controller) => (source.push(['pulled']), work(controller, plan.atPull)),
      async cancel(reason) {
        source.push(['cancelled', reason]);
        if (plan.onCancel === 'throws') throw cancelFailure;
        if (plan.onCancel === 'waits') await waitFor({ does: 'wait a turn' }, run);
      },
    },
    { highWaterMark: plan.highWaterMark },
  );
}

const FAILURES = new Set<Act['does']>(['throw', 'throw if aborted', 'wait for an abort']);

class StreamConsumer {
  private reader: ReadableStreamDefaultReader<unknown> | undefined = undefined;
  private readers = 0;

  constructor(
    private readonly stream: ReadableStream<unknown>,
    private readonly plan: StreamPlan,
    private readonly trace: Trace,
    private readonly controller: AbortController,
  ) {}

  private changeReader(): ReadableStreamDefaultReader<unknown> {
    this.reader?.releaseLock();
    const reader = readsIntoBuffers(this.plan)
      ? (this.stream.getReader({ mode: 'byob' } as never) as ReadableStreamDefaultReader<unknown>)
      : this.stream.getReader();
    this.reader = reader;
    this.follow('closed', reader.closed, this.readers++);
    return reader;
  }

  /** Happenings of one kind keep their order; those of two kinds may come a few microtasks apart. */
  private follow(lane: 'read' | 'cancel' | 'closed', promise: Promise<unknown>, ...about: unknown[]): void {
    promise.then(
      (result) => this.trace.saw(lane, lane, ...about, ...parts(result)),
      (error: unknown) => this.trace.saw(lane, lane, ...about, 'failed', error),
    );
  }

  async takeAll(script: readonly Step[]): Promise<void> {
    for (const step of script) {
      if (this.settlesBefore(step)) await this.quiet();
      if (step.does !== 'wait until quiet') this.take(step);
    }
    await this.quiet();
  }

  /** Whether a read of the same turn still gets its chunk, or how many bytes of it, would be a matter of microtasks. */
  private settlesBefore({ does }: Step): boolean {
    if (does !== 'read') return does !== 'shut down';
    return readsIntoBuffers(this.plan) || this.plan.acts.some((act) => FAILURES.has(act.does));
  }

  /** By now both sides have done and seen the same. */
  private async quiet(): Promise<void> {
    await quiet(this.trace);
    this.trace.did('quiet', this.trace.length);
  }

  private take(step: Exclude<Step, { does: 'wait until quiet' }>): void {
    if (step.does === 'cancel') this.trace.did('cancels', named(step.reason));
    else this.trace.did(step.does);
    const reader = this.reader ?? this.changeReader();
    if (step.does === 'read') this.follow('read', this.read(reader));
    else if (step.does === 'cancel') this.follow('cancel', reader.cancel(named(step.reason)));
    else if (step.does === 'abort') this.controller.abort(named(step.reason));
    else if (step.does === 'change readers') this.changeReader();
    else endOpenCalls('shutdown');
  }

  private read(reader: ReadableStreamDefaultReader<unknown>): Promise<unknown> {
    return readsIntoBuffers(this.plan)
      ? (reader as unknown as ReadableStreamBYOBReader).read(new Uint8Array(2))
      : reader.read();
  }
}

function readsIntoBuffers({ isBytes, intoBuffers }: StreamPlan): boolean {
  return isBytes && intoBuffers;
}

/** Bytes travel from buffer to buffer: they are the same where they read the same. */
function parts(result: unknown): unknown[] {
  if (typeof result !== 'object' || result === null) return [];
  const { done, value } = result as ReadableStreamReadResult<unknown>;
  return [done, ArrayBuffer.isView(value) ? (value as Uint8Array).join() : value];
}

/** How a call may end whose consumer and source did this. */
function outcomesOf({ source, consumer }: Trace): Set<string> {
  const outcomes = new Set<string>();
  const failure = (error: unknown): string => (isAbort(error) ? 'aborted' : 'error');
  for (const [happening, detail] of source) {
    if (happening === 'closes') outcomes.add('completed');
    else if (happening === 'fails') outcomes.add(failure(detail));
  }
  for (const [happening, detail] of consumer) {
    if (happening === 'cancels') outcomes.add(isAbort(detail) ? 'aborted' : 'cancelled');
  }
  const isOver = consumer.some(([lane, ...rest]) => lane === 'read' && rest[0] === true);
  if (!isOver || consumer.some(([step]) => step === 'shut down')) outcomes.add('shutdown');
  return outcomes;
}

const ways = fc.constantFrom<Way>('give', 'give later', 'give through');

describe('a web stream that a decorated method gives', () => {
  const follow = async (Subject: SubjectClass, plan: StreamPlan, way: Way, script: readonly Step[]) => {
    const trace = new Trace();
    const controller = new AbortController();
    const none = (): never => {
      throw new Error('no generator here');
    };
    const give = (): object => makeStream(plan, { trace, signal: controller.signal });
    const subject = new Subject({ give, generate: none, generateLater: none });
    const methods: Partial<Record<Way, () => unknown>> = {
      give: () => subject.give(),
      'give later': () => subject.giveLater(),
      'give through': () => subject.giveThrough(),
    };
    const stream = (await methods[way]?.()) as ReadableStream<unknown>;
    await quiet(trace);
    await new StreamConsumer(stream, plan, trace, controller).takeAll(script);
    return { stream, trace };
  };

  it(
    'delivers the same for as many pulls, however it ends, and ends one span',
    async () => {
      await fc.assert(
        fc.asyncProperty(streamPlans, ways, scripts, async (plan, way, script) => {
          const bare = await follow(Bare, plan, way, script);
          observation.begin();
          const decorated = await follow(Decorated, plan, way, script);
          expectSame(bare.trace, decorated.trace);
          const possible = [...outcomesOf(bare.trace)];
          for (const { outcome } of observation.endings(way)) expect(possible).toContain(outcome);
          expect(decorated.stream).toBeInstanceOf(ReadableStream);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});
