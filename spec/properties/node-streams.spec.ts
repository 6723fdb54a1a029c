import { Readable, Writable } from 'node:stream';
import { isNativeError } from 'node:util/types';
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
  highWaterMark: number;
  atRead: number;
}

const streamPlans: fc.Arbitrary<StreamPlan> = fc.record({
  acts: streamActs,
  highWaterMark: fc.integer({ min: 1, max: 3 }),
  atRead: fc.constantFrom(1, 1, 2),
});

/** Node reads what a stream is destroyed with. */
const reasons = errors.filter((name) => isNativeError(named(name)));

const PLAIN_STEPS = [
  'listen',
  'pause',
  'resume',
  'read',
  'pipe',
  'unpipe',
  'next',
  'stop iterating',
  'shut down',
] as const;

type Step = { does: (typeof PLAIN_STEPS)[number] | 'wait until quiet' } | { does: 'destroy' | 'abort'; reason: string };

const scripts = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 10, arbitrary: fc.record({ does: fc.constantFrom(...PLAIN_STEPS) }) },
    { weight: 4, arbitrary: fc.constant({ does: 'wait until quiet' }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('destroy', 'abort'), reason: reasons }) },
  ),
  { maxLength: 10 },
);

/** From Node 26 a stream's iterator looks for a method in each value, and what that throws is caught by nobody. */
const isPoison = (name: string): boolean =>
  name === 'hostile value' && Number(process.versions.node.split('.')[0]) >= 26;

const noError = new Error('thrown by a source that throws no error');

function makeStream(plan: StreamPlan, run: Run): Readable {
  const { source } = run.trace;
  let index = 0;
  const work = async (stream: Readable): Promise<void> => {
    for (let pushed = 0; pushed < plan.atRead;) {
      const act = plan.acts[index++];
      source.push([act?.does ?? 'is over']);
      if (act === undefined || act.does === 'return') return void stream.push(null);
      try {
        await waitFor(act, run);
        doAtOnce(act, run);
      } catch (error) {
        source.push(['fails', error]);
        return void stream.destroy(isNativeError(error) ? error : noError);
      }
      if (act.does !== 'yield') continue;
      pushed++;
      // Of these a Node stream makes its end.
      stream.push((isPoison(act.value) ? undefined : named(act.value)) ?? 'no value');
    }
  };
  return new Readable({
    objectMode: true,
    highWaterMark: plan.highWaterMark,
    read() {
      source.push(['asked']);
      void work(this);
    },
    destroy(error, done) {
      source.push(['destroyed', error]);
      done(error);
    },
  });
}

/** A consumer of the same stream in every way that Node knows, in any order. */
class StreamConsumer {
  private readonly sink: Writable;
  private iterator: AsyncIterator<unknown> | undefined = undefined;

  constructor(
    private readonly stream: Readable,
    private readonly trace: Trace,
    private readonly controller: AbortController,
  ) {
    for (const event of ['end', 'error', 'close']) {
      stream.on(event, (...details) => trace.did('event', event, ...details));
    }
    this.sink = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        trace.did('written', chunk);
        setImmediate(done);
      },
    });
  }

  async takeAll(script: readonly Step[]): Promise<void> {
    for (const step of script) {
      this.trace.did(step.does);
      if (step.does === 'wait until quiet') await quiet(this.trace);
      else this.take(step);
    }
    await quiet(this.trace);
  }

  private take(step: Exclude<Step, { does: 'wait until quiet' }>): void {
    const { stream, trace } = this;
    if (step.does === 'listen') stream.on('data', (chunk) => trace.did('data', chunk));
    else if (step.does === 'pause') stream.pause();
    else if (step.does === 'resume') stream.resume();
    else if (step.does === 'read') trace.did('took', stream.read());
    else if (step.does === 'pipe') stream.pipe(this.sink);
    else if (step.does === 'unpipe') stream.unpipe(this.sink);
    else if (step.does === 'next') this.follow((this.iterator ??= stream[Symbol.asyncIterator]()).next());
    else if (step.does === 'stop iterating') this.follow(this.iterator?.return?.());
    else if (step.does === 'destroy') stream.destroy(named(step.reason) as Error);
    else if (step.does === 'abort') this.controller.abort(named(step.reason));
    else endOpenCalls('shutdown');
  }

  private follow(promise: Promise<IteratorResult<unknown>> | undefined): void {
    promise?.then(
      ({ done, value }) => this.trace.did('result', done, value),
      (error: unknown) => this.trace.did('failed', error),
    );
  }
}

/** How a call may end whose stream told its listeners this. */
function outcomesOf({ consumer }: Trace): string[] {
  const outcomes = consumer.some(([step]) => step === 'shut down') ? ['shutdown'] : [];
  const events = consumer.filter(([label]) => label === 'event');
  const [[, event, detail] = []] = events;
  if (event === 'end') outcomes.push('completed');
  else if (event === 'error') outcomes.push(...(isAbort(detail) ? ['aborted', 'cancelled'] : ['error']));
  else outcomes.push(event === 'close' ? 'cancelled' : 'shutdown');
  return outcomes;
}

const ways = fc.constantFrom<Way>('give', 'give later', 'give through');

describe('a Node stream that a decorated method gives', () => {
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
    const stream = (await methods[way]?.()) as Readable;
    await new StreamConsumer(stream, trace, controller).takeAll(script);
    return { stream, trace };
  };

  it(
    'tells the same events in the same order, however it is read, and ends one span',
    async () => {
      await fc.assert(
        fc.asyncProperty(streamPlans, ways, scripts, async (plan, way, script) => {
          const bare = await follow(Bare, plan, way, script);
          observation.begin();
          const decorated = await follow(Decorated, plan, way, script);
          expectSame(bare.trace, decorated.trace);
          const possible = outcomesOf(bare.trace);
          for (const { outcome } of observation.endings(way)) expect(possible).toContain(outcome);
          expect(decorated.stream).toBeInstanceOf(Readable);
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});
