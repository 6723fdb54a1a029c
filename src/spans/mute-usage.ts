import type { Attributes, Span } from '@opentelemetry/api';
import { cover } from '../streams/cover.js';

/** What a span of OpenTelemetry's SDK has beside the API, in its version 2 and before. */
interface SdkSpan {
  instrumentationScope?: { readonly name: string };
  instrumentationLibrary?: { readonly name: string };
}

const USAGE = /^(gen_ai|ai)\.usage\./;

/** The span of an SDK around a model call that decotel reports keeps all but the token counts, which come last. */
export function muteUsage(span: Span): void {
  const setAttribute = span.setAttribute.bind(span);
  const setAttributes = span.setAttributes.bind(span);
  cover(span, 'setAttribute', (key, value) =>
    USAGE.test(key as string) ? span : setAttribute(key as string, value as string),
  );
  cover(span, 'setAttributes', (attributes) =>
    setAttributes(Object.fromEntries(Object.entries(attributes as Attributes).filter(([key]) => !USAGE.test(key)))),
  );
}

export function isOfScope(span: Span | undefined, scopes: readonly string[]): span is Span {
  const { instrumentationScope, instrumentationLibrary } = (span ?? {}) as SdkSpan;
  const scope = (instrumentationScope ?? instrumentationLibrary)?.name;
  return scope !== undefined && scopes.includes(scope);
}
