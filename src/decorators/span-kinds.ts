import type { SpanKind } from '@opentelemetry/api';

/** The values of OpenTelemetry's enum: decorators take the API's types only, it is loaded by the spans room. */
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the enum itself is not loaded */
export const SPAN_KIND_INTERNAL = 0 as SpanKind.INTERNAL;
export const SPAN_KIND_CLIENT = 2 as SpanKind.CLIENT;
