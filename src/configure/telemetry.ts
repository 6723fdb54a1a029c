import { trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { AlwaysOnSampler, BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Outcome } from '../core/record.js';
import { inform, reportFailure, warnOnce } from '../core/report.js';
import { replaceSettings } from '../core/settings.js';
import { isDestination, type Destination, type DestinationStats } from '../destinations/destination.js';
import { genAi } from '../dialects/gen-ai.js';
import { dialectNamed } from '../dialects/registry.js';
import { fanOut } from '../destinations/with-content.js';
import { addProviders } from '../providers/registry.js';
import { hooksSettled } from '../spans/hooked-call.js';
import { endOpenCalls, openCallCount } from '../spans/open-calls.js';
import { pipeline } from '../spans/pipeline.js';
import { activeTracer, registeredProvider, SCOPE } from '../spans/tracer.js';
import { settled } from './deadline.js';
import { defaultProcessors } from './default-processors.js';
import { watchExit } from './exit.js';
import { registerGlobally, warnOfMissingContextManager } from './global-api.js';
import type { ConfigureOptions } from './options.js';
import { RandomIds } from './random-ids.js';
import { resourceOf } from './resource.js';
import { markingSessions } from './session-marks.js';
import { isSdkDisabled, settingsOf } from './settings-of.js';
import { TraceWatch } from './trace-watch.js';

/**
 * Whose provider spans go through: `own` is registered by decotel, `joined` was registered by the application, `given`
 * is the option `tracerProvider`, `isolated` belongs to decotel alone; `off`: `OTEL_SDK_DISABLED`.
 */
export type DecotelMode = 'undecided' | 'own' | 'joined' | 'given' | 'isolated' | 'off';

export interface DecotelStats {
  mode: DecotelMode;
  /** Calls whose span has not ended. */
  openCalls: number;
  /** One per destination of decotel's among the processors. */
  destinations: (DestinationStats & { name: string })[];
}

export interface WaitOptions {
  /** Milliseconds. Default 10,000. */
  timeoutMs?: number;
}

/** What `configure` returns. */
export interface DecotelHandle {
  /** For spans of one's own, in the same pipeline; follows the provider that is in use. */
  readonly tracer: Tracer;
  /** Sends what waits. Never rejects; resolves within the time given. */
  forceFlush(options?: WaitOptions): Promise<void>;
  /**
   * Ends open calls as `shutdown`, sends what waits, shuts the processors down and takes back whatever was registered;
   * afterwards `configure` may be called anew. Never rejects; resolves within the time given.
   */
  shutdown(options?: WaitOptions): Promise<void>;
  stats(): DecotelStats;
  [Symbol.asyncDispose](): Promise<void>;
}

const WAIT_MS = 10_000;

/** One configuration, from `configure` to `shutdown`. */
export class Telemetry implements DecotelHandle {
  readonly tracer: Tracer = {
    startSpan: (name, options, context) => tracerNow().startSpan(name, options, context),
    startActiveSpan: (...values: unknown[]) => {
      const tracer = tracerNow();
      return (tracer.startActiveSpan.bind(tracer) as (...values: unknown[]) => never)(...values);
    },
  };
  private mode: DecotelMode = 'undecided';
  private processors: readonly SpanProcessor[];
  private readonly undo: (() => void)[] = [];
  private ending: Promise<void> | undefined = undefined;

  constructor(
    private readonly options: ConfigureOptions,
    private readonly onEnd: () => void,
  ) {
    this.processors = options.processors ?? [];
    this.undo.push(replaceSettings(settingsOf(options)), addProviders(options.providers ?? []));
    if (isSdkDisabled()) {
      this.mode = 'off';
      return;
    }
    pipeline().dialect = dialectNamed(options.dialect ?? genAi.name, options.dialects);
    const decide = (): void => this.decide();
    pipeline().decide = decide;
    // Not unref'd: an idle event loop would put it off until after the next request.
    const turn = setImmediate(decide);
    const stopWatching = watchExit(
      {
        finish: (timeoutMs) => this.finish(timeoutMs),
        flush: (timeoutMs) => this.forceFlush({ timeoutMs }),
        shutdown: (timeoutMs) => this.shutdown({ timeoutMs }),
        lose: () => this.lose('before the process ended; await shutdown() first'),
      },
      options.exitSignals ?? true,
    );
    this.undo.push(() => clearImmediate(turn), stopWatching);
  }

  async forceFlush({ timeoutMs = WAIT_MS }: WaitOptions = {}): Promise<void> {
    const steps = [hooksSettled, ...this.processors.map((processor) => () => processor.forceFlush())];
    const provider = this.providerOfApplication();
    if (isFlushable(provider)) steps.push(() => provider.forceFlush());
    await settled('forceFlush()', steps, timeoutMs);
  }

  shutdown({ timeoutMs = WAIT_MS }: WaitOptions = {}): Promise<void> {
    this.ending ??= this.end(timeoutMs);
    return this.ending;
  }

  stats(): DecotelStats {
    const destinations = this.processors.filter(hasStats).map((processor) => ({
      name: processor.name,
      ...processor.stats(),
    }));
    return { mode: this.mode, openCalls: openCallCount(), destinations };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** What can be done while the process may still go on. */
  private async finish(timeoutMs: number): Promise<void> {
    endCalls('shutdown');
    await this.forceFlush({ timeoutMs });
  }

  private async end(timeoutMs: number): Promise<void> {
    endCalls('shutdown');
    this.takeBack();
    const steps = this.processors.map((processor) => async () => {
      try {
        await processor.forceFlush();
      } finally {
        await processor.shutdown();
      }
    });
    await settled('shutdown()', [hooksSettled, ...steps], timeoutMs);
    this.lose('before shutdown() gave up');
  }

  private lose(when: string): void {
    for (const { name, queued } of this.stats().destinations)
      if (queued > 0) warnOnce(`${name}: ${queued} spans were not sent ${when}`);
  }

  /** All at once, so that `configure` may be called anew while the processors still send. */
  private takeBack(): void {
    Object.assign(pipeline(), {
      decide: undefined,
      tracerProvider: undefined,
      sinks: [],
      ownsProvider: false,
      dialect: genAi,
    });
    for (const undo of this.undo.splice(0).reverse()) undo();
    this.onEnd();
  }

  /** Runs at the first span or on the next turn of the event loop, so that an SDK started meanwhile is joined. */
  private decide(): void {
    if (this.mode !== 'undecided') return;
    pipeline().decide = undefined;
    try {
      const { tracerProvider, mode } = this.options;
      if (tracerProvider !== undefined) this.join('given', tracerProvider);
      else if (mode === 'isolated') this.isolate();
      else if (registeredProvider() !== undefined) this.join('joined', undefined);
      else this.own();
    } catch (failure) {
      reportFailure('telemetry could not be set up; spans go nowhere', failure);
    }
  }

  private join(mode: 'given' | 'joined', tracerProvider: TracerProvider | undefined): void {
    this.mode = mode;
    Object.assign(pipeline(), { tracerProvider, sinks: [this.fanOut()], ownsProvider: false });
    warnOfMissingContextManager();
    const ignored = (['serviceName', 'serviceVersion', 'environment', 'resource', 'sampler'] as const).filter(
      (name) => this.options[name] !== undefined,
    );
    const whose = mode === 'given' ? 'the given tracer provider' : 'the tracer provider that is registered';
    inform(
      `spans go through ${whose}, which samples and exports them by its own rules; decotel hands its own spans to its ` +
        `processors (${this.processors.length}) as well${ignored.length > 0 ? `; no effect here: ${ignored.join(', ')}` : ''}`,
    );
  }

  private isolate(): void {
    this.mode = 'isolated';
    // Not by the parent: that one follows the sampler that this mode gets away from.
    const tracerProvider = this.makeProvider(this.options.sampler ?? new AlwaysOnSampler());
    Object.assign(pipeline(), { tracerProvider, sinks: [], ownsProvider: true });
    warnOfMissingContextManager();
    inform('spans go through a tracer provider of decotel alone, which is not registered');
  }

  private own(): void {
    this.mode = 'own';
    const provider = this.makeProvider(this.options.sampler);
    const undo = registerGlobally(provider);
    Object.assign(pipeline(), { sinks: [], ownsProvider: true });
    if (undo !== undefined) {
      this.undo.push(undo);
      inform('registered a tracer provider, because there was none');
      return;
    }
    pipeline().tracerProvider = provider;
    warnOnce('the tracer provider could not be registered with the OpenTelemetry API; only decotel uses it');
  }

  private makeProvider(sampler: ConfigureOptions['sampler']): BasicTracerProvider {
    this.processors = this.options.processors ?? defaultProcessors();
    return new BasicTracerProvider({
      resource: resourceOf(this.options),
      idGenerator: new RandomIds(),
      // Spans of decotel carry nothing here and are rendered for whoever reads them, so everyone gets a view; the same
      // one, so that what one processor masks stays masked for the next.
      spanProcessors: [markingSessions(this.fanOut())],
      // An undefined sampler would replace the one of OTEL_TRACES_SAMPLER.
      ...(sampler && { sampler }),
    });
  }

  /** All processors as one; last, what tells a serverless platform to wait for them. */
  private fanOut(): SpanProcessor {
    const { waitUntil } = this.options;
    const { dialect } = pipeline();
    if (waitUntil === undefined) return fanOut(this.processors, dialect);
    return fanOut([...this.processors, new TraceWatch(() => waitUntil(this.forceFlush()))], dialect);
  }

  private providerOfApplication(): TracerProvider | undefined {
    if (this.mode === 'given') return this.options.tracerProvider;
    return this.mode === 'joined' ? registeredProvider() : undefined;
  }
}

function tracerNow(): Tracer {
  return activeTracer() ?? trace.getTracer(SCOPE);
}

function endCalls(outcome: Outcome): void {
  try {
    endOpenCalls(outcome);
  } catch (failure) {
    reportFailure('open calls could not be ended', failure);
  }
}

function hasStats(processor: SpanProcessor): processor is Destination {
  return isDestination(processor) && typeof (processor as Partial<Destination>).stats === 'function';
}

function isFlushable(provider: object | undefined): provider is { forceFlush(): Promise<void> } {
  return typeof (provider as { forceFlush?: unknown } | undefined)?.forceFlush === 'function';
}
