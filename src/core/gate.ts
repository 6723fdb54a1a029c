import { ATTR_DECOTEL_TOOL, ATTR_DECOTEL_TRUNCATED } from '../semconv/decotel.js';
import { ATTR_GEN_AI_PROMPT_VARIABLE } from '../semconv/gen-ai.js';
import { boundedJson, boundedText } from './bounds.js';
import { Content } from './content.js';
import type { AdmittedAttributes, Captured, CapturedAttributes, CapturedValue, ContentKind } from './content.js';
import { mask, maskAll } from './masking.js';
import { admitPlain, lastName, type Passed } from './plain-value.js';
import { reportFailure } from './report.js';
import { isSecretMember, MASKED } from './secrets.js';
import { NO_CONTENT, settings, type ContentSwitches, type Redaction } from './settings.js';
import { withoutToolContent } from './tool-content.js';

/** What may pass the gate, and how large. */
export interface GatePolicy {
  readonly content: ContentSwitches;
  readonly redact: readonly Redaction[];
  /** Most bytes of UTF-8 in one value. */
  readonly valueBytes: number;
}

/** The rules of the settings for what is no content. */
export function metadataPolicy(): GatePolicy {
  const { redact, limits } = settings();
  return { content: NO_CONTENT, redact, valueBytes: limits.valueBytes };
}

/**
 * The one way out for everything captured: content that is switched off is left out, the rest is masked, made a
 * string and bounded. JSON stays valid JSON; the keys of values that were cut are listed in `decotel.truncated`.
 * Never throws.
 */
export function admit({ keys, values }: CapturedAttributes, policy: GatePolicy): AdmittedAttributes {
  const admitted: AdmittedAttributes = {};
  const truncated: string[] = [];
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = values[index];
    if (value instanceof Content && value.admitInto !== undefined) {
      attempt(() => value.admitInto?.(key, policy, admitted, truncated));
      continue;
    }
    const passed = admitAttribute(key, value, policy);
    if (passed === undefined) continue;
    admitted[key] = passed.value;
    if (passed.cut) truncated.push(key);
  }
  if (truncated.length > 0) admitted[ATTR_DECOTEL_TRUNCATED] = [...new Set(truncated)];
  return admitted;
}

/** An event as it leaves. */
export interface AdmittedEvent {
  readonly name: string;
  readonly attributes: AdmittedAttributes;
  readonly time?: number;
}

/** The events that may leave, in their order. Never throws. */
export function admitEvents(captured: Captured['events'], policy: GatePolicy): AdmittedEvent[] {
  return (captured ?? []).flatMap((event) =>
    'admit' in event
      ? (attempt(() => event.admit(policy)) ?? [])
      : { ...event, attributes: admit(event.attributes, policy) },
  );
}

/** One attribute on its way out, and whether it was cut; undefined where it may not leave. */
export function admitAttribute(key: string, value: CapturedValue, policy: GatePolicy): Passed | undefined {
  if (value !== undefined && typeof value !== 'boolean' && isSecretKey(key)) return { value: MASKED, cut: false };
  return value instanceof Content ? attempt(() => admitContent(value, policy)) : admitPlain(value, policy);
}

/** Metadata and prompt variables are named by the application, what is said of a tool's call by the model. */
function isSecretKey(key: string): boolean {
  const isNamedByOthers =
    key.includes('.metadata.') || key.startsWith(ATTR_GEN_AI_PROMPT_VARIABLE) || key.startsWith(ATTR_DECOTEL_TOOL);
  return isNamedByOthers && isSecretMember(lastName(key));
}

/** One text on its way out that is not an attribute, such as a status message. Undefined where it may not leave. */
export function admitText(kind: ContentKind, text: string, policy: GatePolicy): string | undefined {
  if (!allows(policy.content, kind)) return undefined;
  return boundedText(mask(text, policy.redact), policy.valueBytes).value;
}

/** Error texts quote prompts and answers, so they need every kind. */
export function allows(content: ContentSwitches, kind: ContentKind): boolean {
  return kind === 'error' ? content.input && content.output && content.tools && content.retrieval : content[kind];
}

function admitContent(content: Content, policy: GatePolicy): Passed | undefined {
  const value = readContent(content, policy);
  if (value === undefined) return undefined;
  return typeof value === 'string' && !content.isJson
    ? boundedText(mask(value, policy.redact), policy.valueBytes)
    : boundedJson(maskAll(value, policy.redact), policy.valueBytes);
}

/** What of `content` may leave, not masked yet; undefined where nothing may. */
export function readContent({ kind, value }: Pick<Content, 'kind' | 'value'>, policy: GatePolicy): unknown {
  if (!allows(policy.content, kind)) return undefined;
  const read: unknown = typeof value === 'function' ? (value as () => unknown)() : value;
  return policy.content.tools ? read : withoutToolContent(read);
}

/** Messages are built when they are read, from whatever an application or a provider put into them. */
function attempt<T>(render: () => T): T | undefined {
  try {
    return render();
  } catch (failure) {
    reportFailure('content could not be rendered; it is left out', failure);
    return undefined;
  }
}
