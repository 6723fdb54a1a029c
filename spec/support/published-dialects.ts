import type { SpanKind } from '@opentelemetry/api';
import {
  CapturedAttributes,
  Content,
  genAi,
  jsonContent,
  type CallRecord,
  type CapturedValue,
  type Dialect,
  type Rendering,
} from '../../src/dialects.js';

/** Dialects as an application writes them for what is published of other systems. */

interface Chosen {
  readonly name: string;
  readonly keys: readonly string[];
  readonly scope: string;
  readonly kind?: (record: CallRecord) => SpanKind | undefined;
}

/** Of `gen-ai` nothing but `keys`. */
export function only({ name, keys, scope, kind }: Chosen): Dialect {
  return {
    name,
    render(record): Rendering {
      const rendering = genAi.render(record);
      const attributes = new CapturedAttributes();
      for (const [key, value] of rendering.attributes) if (keys.includes(key)) attributes.set(key, value);
      return { ...rendering, attributes, scope, kind: kind?.(record) };
    },
  };
}

/** Mirascope's `ops` and `llm`, v2: the conventions and its own names. */
export function mirascopeV2(module: string): Dialect {
  return {
    name: 'mirascope-v2',
    render(record): Rendering {
      const rendering = genAi.render(record);
      const attributes = new CapturedAttributes();
      if (record.operation === undefined) addTrace(attributes, record, module);
      else {
        for (const [key, value] of rendering.attributes) {
          const isMessages = key === 'gen_ai.input.messages' || key === 'gen_ai.system_instructions';
          if (key.startsWith('gen_ai.') && !isMessages) attributes.set(key, value);
        }
        addCall(attributes, record);
      }
      return { ...rendering, attributes, scope: 'mirascope.llm' };
    },
  };
}

function addTrace(attributes: CapturedAttributes, record: CallRecord, module: string): void {
  const given = record.arguments;
  const types = (value: unknown): unknown =>
    Object.fromEntries(Object.entries((value ?? {}) as object).map(([name, member]) => [name, typeof member]));
  attributes.set('mirascope.type', 'trace');
  attributes.set('mirascope.fn.qualname', record.functionName);
  attributes.set('mirascope.fn.module', module);
  attributes.set('mirascope.fn.is_async', record.isAsync);
  attributes.set('mirascope.trace.arg_types', jsonContent('input', types(given)));
  attributes.set('mirascope.trace.arg_values', jsonContent('input', given));
  attributes.set('mirascope.trace.output', new Content('output', record.result));
}

/** It takes what the system says out of the messages, whichever way it was sent. */
function addCall(attributes: CapturedAttributes, { messages, usage }: CallRecord): void {
  const said = () => messages?.input?.() ?? [];
  const isSystem = ({ role }: { role: string }): boolean => role === 'system';
  const instructions = () => [
    ...(messages?.systemInstructions?.() ?? []),
    ...said()
      .filter(isSystem)
      .flatMap((one) => one.parts),
  ];
  const rest = () => said().filter((one) => !isSystem(one));
  attributes.set('gen_ai.system_instructions', new Content('input', instructions));
  attributes.set('gen_ai.input.messages', new Content('input', rest));
  attributes.set('mirascope.response.messages', new Content('output', messages?.output));
  attributes.set(
    'mirascope.response.content',
    new Content('output', () => messages?.output?.()?.flatMap((one) => one.parts)),
  );
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  const counts: CapturedValue = JSON.stringify({
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_tokens: usage?.cacheReadInputTokens ?? 0,
    cache_write_tokens: usage?.cacheCreationInputTokens ?? 0,
    reasoning_tokens: usage?.reasoningOutputTokens ?? 0,
    total_tokens: inputTokens + outputTokens,
  });
  attributes.set('mirascope.response.usage', counts);
}
