import { admit, admitEvents } from '../../src/core/gate.js';
import type { CallRecord } from '../../src/core/record.js';
import { confident } from '../../src/dialects/confident.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(confident);

interface Written {
  attributes: Record<string, unknown>;
  events: unknown[];
}

function rendered(values: Partial<CallRecord>, policy = openPolicy): Written {
  const { attributes, events } = confident.render(recordOf({ outcome: 'completed', ...values }));
  return {
    attributes: admit(attributes, policy),
    events: admitEvents(events, policy).map((event) => [event.name, event.attributes]),
  };
}

describe('confident', () => {
  it('writes a model call as attributes and as events', () => {
    const { attributes, events } = rendered({
      ...chatWithTools,
      price: { inputToken: 0.5, outputToken: 2 },
      prompt: { name: 'hello', version: '3f', template: 'Hi' },
      metadata: { team: 'books' },
    });
    const conversation = [
      { role: 'system', content: 'Be kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Which?' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        ],
      },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lookUp', arguments: '{"isbn":"1"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"title":"Emma"}' },
    ];
    expect(attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'confident.span.type': 'llm',
      'confident.span.provider': 'openai',
      'confident.span.prompt_alias': 'hello',
      'confident.span.prompt_version': '3f',
      'confident.llm.model': 'gpt-5-mini',
      'confident.llm.input_token_count': 20,
      'confident.llm.output_token_count': 7,
      'confident.llm.cost_per_input_token': 0.5,
      'confident.llm.cost_per_output_token': 2,
      'confident.span.metadata': JSON.stringify({
        'code.function.name': 'Librarian.ask',
        'gen_ai.request.max_tokens': 100,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.stop_sequences': ['END'],
        'gen_ai.request.stream': true,
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.model': 'gpt-5-mini-2025',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.usage.cache_read.input_tokens': 8,
        'gen_ai.usage.reasoning.output_tokens': 3,
        'decotel.cost': 24,
        team: 'books',
      }),
      'confident.span.input': JSON.stringify(conversation),
      'confident.span.output': 'Emma',
    });
    expect(events).toEqual([
      ['gen_ai.system.message', { content: 'Be kind' }],
      ['gen_ai.user.message', { content: JSON.stringify(conversation[1]?.content) }],
      ['gen_ai.assistant.message', { tool_calls: JSON.stringify(conversation[2]?.tool_calls) }],
      ['gen_ai.tool.message', { content: '{"title":"Emma"}', id: 'c1' }],
      ['gen_ai.assistant.message', { content: 'Emma' }],
    ]);
  });

  it('gives what tools and agents got and gave member by member', () => {
    const tool = { name: 'lookUp', type: 'function' };
    const given = { isbn: '1', years: [1815], tags: ['a', 'b'], isNew: false, apiKey: 'abc' };
    expect(rendered({ operation: 'execute_tool', tool, arguments: given, result: 'Emma' })).toEqual({
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'lookUp',
        'confident.span.type': 'tool',
        'confident.tool.name': 'lookUp',
        'confident.span.metadata': '{"gen_ai.tool.type":"function"}',
        'confident.span.input': '{"isbn":"1","years":[1815],"tags":["a","b"],"isNew":false,"apiKey":"[masked]"}',
        'confident.span.output': 'Emma',
      },
      events: [
        ['confident.tool.input', { isbn: '1', years: '[1815]', tags: ['a', 'b'], isNew: false, apiKey: '[masked]' }],
        ['confident.tool.output', { output: 'Emma' }],
      ],
    });
    const agent = { name: 'librarian', description: 'Knows books', tools: ['lookUp'], handoffs: ['clerk'] };
    expect(rendered({ operation: 'invoke_agent', agent, arguments: ['Which?'] })).toEqual({
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.description': 'Knows books',
        'confident.span.type': 'agent',
        'confident.agent.name': 'librarian',
        'confident.agent.available_tools': ['lookUp'],
        'confident.agent.agent_handoffs': ['clerk'],
        'confident.span.input': '["Which?"]',
      },
      events: [['confident.agent.input', { input: '["Which?"]' }]],
    });
  });

  it('writes the texts that a search found as a list', () => {
    const documents = [{ id: '1', score: 0.9, content: 'Emma' }, { id: '2' }, { content: 'Persuasion' }];
    expect(
      rendered({ operation: 'retrieval', retrieval: { dataSource: 'books', topK: 3, query: 'q', documents } }),
    ).toEqual({
      attributes: {
        'gen_ai.operation.name': 'retrieve',
        'confident.span.type': 'retriever',
        'confident.retriever.top_k': 3,
        'confident.span.retrieval_context': ['Emma', 'Persuasion'],
        'confident.span.metadata':
          '{"gen_ai.data_source.id":"books","gen_ai.request.top_k":3,"gen_ai.retrieval.top_k":3}',
        'confident.span.input': 'q',
        'confident.span.output': JSON.stringify(documents),
      },
      events: [
        ['confident.retriever.input', { input: 'q' }],
        ['confident.retriever.output', { output: JSON.stringify(documents) }],
      ],
    });
  });

  it('writes whose conversation it was under the names of the trace', () => {
    const session = {
      id: 's1',
      userId: 'u1',
      name: 'Books',
      tags: ['a'],
      metadata: { plan: 'pro' },
      environment: 'test',
    };
    expect(rendered({ session, tags: ['b'] }).attributes).toEqual({
      'confident.span.type': 'base',
      'confident.trace.name': 'Books',
      'confident.trace.thread_id': 's1',
      'confident.trace.user_id': 'u1',
      'confident.trace.environment': 'test',
      'confident.trace.metadata': '{"plan":"pro"}',
      'confident.trace.tags': ['a', 'b'],
    });
  });
});
