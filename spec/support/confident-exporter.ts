import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/**
 * Stand-in ports of the rules of deepeval's `ConfidentSpanExporter`, written from their description: as of May to July
 * 2025 (407c2cf0f, which reads events) and as of 2026-11 (which reads `confident.*` attributes only).
 */
export interface TypedSpan {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'llm',
  text_completion: 'llm',
  generate_content: 'llm',
  execute_tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  embeddings: 'retriever',
};

export function asReadIn2025({ attributes, events }: ReadableSpan): TypedSpan {
  const type = OPERATIONS[String(attributes['gen_ai.operation.name'])] ?? 'base';
  const named = (...names: string[]) => events.filter(({ name }) => names.includes(name));
  const only = (name: string): Attributes | undefined => named(name).at(-1)?.attributes;
  switch (type) {
    case 'llm': {
      const said = named('gen_ai.system.message', 'gen_ai.user.message');
      const answer = named('gen_ai.assistant.message', 'gen_ai.choice', 'gen_ai.tool.message').at(-1);
      const input = said.map((event) => ({ role: event.name, content: event.attributes }));
      return { type, fields: { ...modelFields(attributes), input, output: answer?.attributes } };
    }
    case 'tool':
      return {
        type,
        fields: {
          description: attributes['gen_ai.tool.description'],
          input_parameters: only('confident.tool.input'),
          output: only('confident.tool.output'),
        },
      };
    case 'agent':
      return {
        type,
        fields: {
          available_tools: attributes['confident.agent.available_tools'],
          agent_handoffs: attributes['confident.agent.agent_handoffs'],
          input: only('confident.agent.input'),
          output: only('confident.agent.output'),
        },
      };
    default:
      return { type, fields: { embedding_input: only(`confident.${type}.input`) } };
  }
}

export function asReadToday({ attributes }: ReadableSpan): TypedSpan {
  const of = (key: string): unknown => attributes[`confident.${key}`];
  const operation = OPERATIONS[String(attributes['gen_ai.operation.name'])];
  const inferred = operation === 'llm' ? 'llm' : attributes['gen_ai.tool.name'] === undefined ? 'base' : 'tool';
  const said = of('span.type');
  const type = typeof said === 'string' ? said : inferred;
  const content = { input: of('span.input'), output: of('span.output') };
  if (type === 'llm') {
    const model = of('llm.model') ?? attributes['gen_ai.request.model'];
    const counts = {
      input_token_count: of('llm.input_token_count') ?? attributes['gen_ai.usage.input_tokens'],
      output_token_count: of('llm.output_token_count') ?? attributes['gen_ai.usage.output_tokens'],
    };
    return { type, fields: { ...modelFields(attributes), model, ...counts, ...content } };
  }
  if (type === 'tool') {
    const name = of('tool.name') ?? attributes['gen_ai.tool.name'];
    return { type, fields: { name, description: of('tool.description'), ...content } };
  }
  return { type, fields: content };
}

function modelFields(attributes: Attributes): Record<string, unknown> {
  return {
    model: attributes['gen_ai.request.model'],
    input_token_count: attributes['gen_ai.usage.input_tokens'],
    output_token_count: attributes['gen_ai.usage.output_tokens'],
    cost_per_input_token: attributes['confident.llm.cost_per_input_token'],
    cost_per_output_token: attributes['confident.llm.cost_per_output_token'],
  };
}
