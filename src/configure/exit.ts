const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Longest that the end of the process is delayed. */
export const EXIT_TIMEOUT_MS = 5000;

export interface ExitSteps {
  /** Ends what is open and sends what waits; telemetry goes on. */
  finish(timeoutMs: number): Promise<void>;
  /** Sends what waits. */
  flush(timeoutMs: number): Promise<void>;
  /** Ends everything. */
  shutdown(timeoutMs: number): Promise<void>;
  /** Says what can not be sent any more. */
  lose(): void;
}

/**
 * Flushes when the process is about to end: once when nothing is left to do, and on signals where `signals`. A signal
 * is raised again when the application has no handler of its own, so that the process ends as it would have; a second
 * one at once. The returned function takes the handlers away.
 */
export function watchExit(steps: ExitSteps, signals: boolean): () => void {
  let isEnding = false;
  const onEnd = (): void => {
    void steps.finish(EXIT_TIMEOUT_MS);
  };
  // It alone comes where the program calls `process.exit()` or fails: then only what is done at once is done.
  const onExit = (): void => {
    onEnd();
    steps.lose();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isHandledByOthers(signal)) {
      void steps.flush(EXIT_TIMEOUT_MS);
      return;
    }
    const raise = (): void => {
      stopListening();
      process.kill(process.pid, signal);
    };
    if (isEnding) {
      raise();
      return;
    }
    isEnding = true;
    void steps.shutdown(EXIT_TIMEOUT_MS).then(raise);
  };
  const stopListening = (): void => {
    process.off('beforeExit', onEnd);
    process.off('exit', onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  // Once: a flush is work, after which Node asks again.
  process.once('beforeExit', onEnd);
  process.once('exit', onExit);
  if (signals) for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    // While a signal waits for us to raise it again, whoever else waits for the last listener must go on waiting.
    if (!isEnding) stopListening();
  };
}

/**
 * The package signal-exit listens too, in many programs and without their knowing, and like us raises the signal again
 * only if nobody else listens: its listeners count as nobody, or both would wait for the other.
 */
function isHandledByOthers(signal: NodeJS.Signals): boolean {
  const emitters: readonly unknown[] = [
    (globalThis as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')],
    (process as unknown as Record<string, unknown>)['__signal_exit_emitter__'],
  ];
  let polite = 1;
  for (const emitter of emitters) {
    const count: unknown = (emitter as { count?: unknown } | undefined)?.count;
    if (typeof count === 'number') polite += count;
  }
  return process.listenerCount(signal) > polite;
}
