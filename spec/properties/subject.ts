import { SpanStatusCode } from '@opentelemetry/api';
import { shared } from '../../src/core/shared.js';
import { span } from '../../src/decorators/span.js';
import type { CallDecorator } from '../../src/decorators/decorator-types.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { endOpenCalls, openCallCount } from '../../src/spans/open-calls.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

/** The ways in which a method gives its source. The last is one source through two decorated methods. */
export type Way = 'generate' | 'give' | 'give later' | 'give through';

/** What the methods of a subject do. */
export interface Making {
  give(): object;
  generate(): Generator;
  generateLater(): AsyncGenerator;
}

/** The same class with and without decorators. */
function subject(decorate: CallDecorator, decorateModelCall: CallDecorator) {
  class Subject {
    constructor(readonly making: Making) {}

    @decorate *generate(): Generator {
      return yield* this.making.generate();
    }
    @decorate async *generateLater(): AsyncGenerator {
      return yield* this.making.generateLater();
    }
    @decorateModelCall give(): object {
      return this.making.give();
    }
    @decorate async giveLater(): Promise<object> {
      return this.making.give();
    }
    @decorate giveThrough(): object {
      return this.give();
    }
  }
  return Subject;
}

const none = (() => undefined) as unknown as CallDecorator;
export const Bare = subject(none, none);
export const Decorated = subject(span(), withOtel());
export type SubjectClass = typeof Bare;

export interface Ending {
  outcome: string;
  chunks: number | undefined;
}

/** Said of chat chunks without a request or usage, and of a chunk that throws when it is looked at. */
const EXPECTED_COMPLAINTS = /whose request is not known|without token counts|Error: trapped/;

/** One SDK for all runs of a property. */
export class Observation {
  private readonly telemetry: Telemetry = startTelemetry();

  /** Before each run, so that one that failed leaves nothing to the next. */
  begin(): void {
    endOpenCalls('shutdown');
    this.telemetry.clear();
    this.telemetry.complaints.length = 0;
    shared('reported', () => new Set<string>()).clear();
  }

  /**
   * How the calls of a run ended, the inner one first: what the run left open ends now. Throws unless there is exactly
   * one ended span for each decorated method that the source went through.
   */
  endings(way: Way): Ending[] {
    endOpenCalls('shutdown');
    const { spans, complaints } = this.telemetry;
    const names = way === 'give through' ? ['give', 'giveThrough'] : [spans[0]?.name];
    expect(spans.map(({ name }) => name)).toEqual(names);
    expect(openCallCount()).toBe(0);
    expect(complaints.filter((line) => !EXPECTED_COMPLAINTS.test(line))).toEqual([]);
    return spans.map(({ attributes, status }) => {
      const outcome = String(attributes['decotel.outcome']);
      expect(status.code).toBe(outcome === 'error' ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
      return { outcome, chunks: attributes['decotel.stream.chunks'] as number | undefined };
    });
  }

  stop(): Promise<void> {
    return this.telemetry.stop();
  }
}
