import { admit, admitEvents } from '../../src/core/gate.js';
import type { CallRecord } from '../../src/core/record.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { langfuse } from '../../src/dialects/langfuse.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(langfuse);

function rendered(values: Partial<CallRecord>, policy = openPolicy): Record<string, unknown> {
  return admit(langfuse.render(recordOf({ outcome: 'completed', ...values })).attributes, policy);
}

describe('langfuse', () => {
  it('writes a model call', () => {
    expect(
      rendered({
        ...chatWithTools,
        startTime: 1_700_000_000_000,
        price: { inputToken: 0.5, outputToken: 2 },
        prompt: { name: 'hello', version: '7', template: 'Hi {name}', variables: { name: 'Ann' }, rendered: 'Hi Ann' },
      }),
    ).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.tool.definitions': '[{"type":"function","name":"lookUp","description":"Finds a book"}]',
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-5-mini-2025',
      'langfuse.observation.model.parameters': '{"max_tokens":100,"temperature":0.5,"stop":["END"],"stream":true}',
      'langfuse.observation.usage_details':
        '{"input":12,"input_cached_tokens":8,"output":4,"output_reasoning_tokens":3,"total":27}',
      'langfuse.observation.cost_details': '{"input":10,"output":14,"total":24}',
      'langfuse.observation.completion_start_time': '2023-11-14T22:13:20.250Z',
      'langfuse.observation.prompt.name': 'hello',
      'langfuse.observation.prompt.version': 7,
      'langfuse.observation.metadata.prompt_template': 'Hi {name}',
      'langfuse.observation.metadata.prompt_variables': '{"name":"Ann"}',
      'langfuse.observation.input': JSON.stringify([
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
      ]),
      'langfuse.observation.output': '[{"role":"assistant","content":"Emma"}]',
    });
  });

  it('writes whose conversation it was on every span, under the names of the trace', () => {
    const session = {
      id: 's1',
      userId: 'u1',
      name: 'Books',
      tags: ['a'],
      metadata: { plan: 'pro', apiKey: 'abc' },
      environment: 'test',
      release: '1.2',
    };
    expect(rendered({ session, tags: ['b'], metadata: { team: 'books' } })).toEqual({
      'langfuse.trace.name': 'Books',
      'langfuse.session.id': 's1',
      'langfuse.user.id': 'u1',
      'langfuse.trace.tags': ['a', 'b'],
      'langfuse.trace.metadata.plan': 'pro',
      'langfuse.trace.metadata.apiKey': '[masked]',
      'langfuse.environment': 'test',
      'langfuse.release': '1.2',
      'langfuse.observation.metadata.team': 'books',
    });
  });

  it('writes a search as a retriever', () => {
    const documents = [{ id: '1', score: 0.9, content: 'Emma' }];
    expect(
      rendered({ operation: 'retrieval', retrieval: { dataSource: 'books', topK: 3, query: 'q', documents } }),
    ).toEqual({
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.data_source.id': 'books',
      'gen_ai.retrieval.top_k': 3,
      'langfuse.observation.type': 'retriever',
      'langfuse.observation.input': 'q',
      'langfuse.observation.output': JSON.stringify(documents),
    });
  });

  it('writes a tool with what it was given and gave', () => {
    expect(
      rendered({
        operation: 'execute_tool',
        tool: { name: 'lookUp', type: 'function', callId: 'c1' },
        arguments: [{ isbn: '1' }],
        result: 'Emma',
      }),
    ).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'c1',
      'langfuse.observation.type': 'tool',
      'langfuse.observation.input': '{"isbn":"1"}',
      'langfuse.observation.output': 'Emma',
    });
  });

  it('keeps what tools were given and gave out of a conversation where the content of tools is off', () => {
    const policy = { ...openPolicy, content: { ...NO_CONTENT, input: true } };
    const { 'langfuse.observation.input': input, ...rest } = rendered(chatWithTools, policy);
    expect(JSON.parse(String(input))).toMatchObject([
      { role: 'system' },
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lookUp' } }] },
      { role: 'tool', tool_call_id: 'c1' },
    ]);
    expect(JSON.stringify([input, rest])).not.toMatch(/isbn|Emma/);
  });

  it('says how a call ended that did not complete', () => {
    const error = { type: '429', name: 'RateLimitError', message: 'slow down' };
    expect(rendered({ outcome: 'error', error })).toEqual({
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'slow down',
    });
    expect(admitEvents(langfuse.render(recordOf({ outcome: 'error', error })).events, openPolicy)).toMatchObject([
      { name: 'exception', attributes: { 'exception.type': 'RateLimitError', 'exception.message': 'slow down' } },
    ]);
    expect(rendered({ outcome: 'abandoned' })).toEqual({
      'langfuse.observation.level': 'WARNING',
      'langfuse.observation.status_message': 'abandoned',
    });
  });

  it('keeps a version that is no number as metadata', () => {
    expect(rendered({ prompt: { name: 'hello', version: '3f2a', template: '' } })).toEqual({
      'langfuse.observation.prompt.name': 'hello',
      'langfuse.observation.metadata.prompt_version': '3f2a',
    });
  });
});
