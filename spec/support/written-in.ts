import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { recordFinished } from '../../src/core/finished.js';
import type { CallRecord } from '../../src/core/record.js';
import { ALL_CONTENT } from '../../src/core/settings.js';
import type { Dialect } from '../../src/dialects/dialect.js';
import { Finished } from '../../src/spans/finished-span.js';
import type { Call } from '../../src/spans/call.js';
import { pipeline } from '../../src/spans/pipeline.js';
import { writeRecord } from '../../src/spans/write.js';
import { recordOf } from './dialect-contract.js';
import { spanMaker, START_MS, type SpanParts } from './finished-span.js';

/** An ended span on a provider that decotel joined, where `configure` asked for `dialect`. */
export function asWrittenIn(
  dialect: Dialect,
  values: Partial<CallRecord>,
  { contentOnSpan = false, ...parts }: SpanParts,
): ReadableSpan {
  const before = pipeline().dialect;
  pipeline().dialect = dialect;
  try {
    const record = recordOf(values);
    const span = spanMaker().start('ask', parts);
    const written = writeRecord(span, record, ALL_CONTENT, contentOnSpan);
    const call: Pick<Call, 'completeRecord' | 'content'> = { completeRecord: () => record, content: ALL_CONTENT };
    recordFinished(span, new Finished(call as Call, written, contentOnSpan));
    span.end(START_MS + 1000);
    return span as unknown as ReadableSpan;
  } finally {
    pipeline().dialect = before;
  }
}
