import type { Attributes } from '@opentelemetry/api';
import { CapturedAttributes } from '../core/content.js';
import { admit, metadataPolicy } from '../core/gate.js';
import type { SessionRecord } from '../core/record.js';
import { ATTR_SESSION_ID, ATTR_USER_ID } from '../semconv/core.js';

/** Of a session what OpenTelemetry has names for, masked: for spans that are not decotel's. */
export function sessionAttributes({ id, userId }: SessionRecord): Attributes {
  const captured = CapturedAttributes.of({ [ATTR_SESSION_ID]: id, [ATTR_USER_ID]: userId });
  return admit(captured, metadataPolicy());
}
