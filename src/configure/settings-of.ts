import {
  contentSwitches,
  DEFAULT_LIMITS,
  defaultSettings,
  environmentContent,
  strictest,
  type Limits,
  type Redaction,
  type Settings,
} from '../core/settings.js';
import { isRecord } from '../destinations/check-options.js';
import type { ConfigureOptions } from './options.js';

/** The options over the defaults; the environment can only switch off. */
export function settingsOf(options: ConfigureOptions): Settings {
  const defaults = defaultSettings();
  const asked = environmentContent();
  const enabled = defaults.enabled && options.enabled !== false;
  return {
    enabled,
    messaging: enabled && defaults.messaging && !(isRecord(options.enabled) && options.enabled.messaging === false),
    content: strictest(contentSwitches(options.content ?? true), asked),
    contentIsExplicit: options.content !== undefined || asked !== undefined,
    redact: options.redact?.map(everywhere) ?? defaults.redact,
    limits: limitsOf(options.limits ?? {}),
    spanNames: options.spanNames ?? defaults.spanNames,
    nativeSpans: options.nativeSpans ?? defaults.nativeSpans,
    baggage: options.baggage ?? defaults.baggage,
  };
}

/** A pattern masks all that it matches, whatever its flags. */
function everywhere(redaction: Redaction): Redaction {
  if (typeof redaction === 'function') return redaction;
  return new RegExp(redaction.source, redaction.flags.replace(/[gy]/g, '') + 'g');
}

/** The specification's switch: nothing of OpenTelemetry's SDK is set up. */
export function isSdkDisabled(): boolean {
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}

function limitsOf(given: Partial<Limits>): Limits {
  const entries = Object.entries(given).filter(([, value]) => (value as number | undefined) !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(entries) };
}
