import { diag, DiagLogLevel } from '@opentelemetry/api';

export interface DiagLines {
  /** `level message`, decotel's and OpenTelemetry's. */
  readonly lines: string[];
  matching(pattern: RegExp): string[];
}

/** Collects what is told to `diag` from now on; `diag.disable()` ends it. */
export function diagLines(): DiagLines {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (message: string, ...details: unknown[]): void =>
      void lines.push([level, message, ...details.map(String)].join(' '));
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: note('error'), warn: note('warn'), info: note('info'), debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true },
  );
  return { lines, matching: (pattern) => lines.filter((line) => pattern.test(line)) };
}
