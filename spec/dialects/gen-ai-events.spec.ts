import { admit, admitEvents } from '../../src/core/gate.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { genAiEvents } from '../../src/dialects/gen-ai-events.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(genAiEvents);

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
const answer = { role: 'assistant', content: 'Emma' };

describe('gen-ai-events', () => {
  const { attributes, events } = genAiEvents.render(recordOf({ ...chatWithTools, provider: 'azure.ai.openai' }));

  it('has the names of before 1.37', () => {
    expect(admit(attributes, openPolicy)).toEqual({
      'code.function.name': 'Librarian.ask',
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'az.ai.openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.stream': true,
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.model': 'gpt-5-mini-2025',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.prompt_tokens': 20,
      'gen_ai.usage.completion_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 8,
      'gen_ai.usage.reasoning.output_tokens': 3,
      'gen_ai.tool.definitions': '[{"type":"function","name":"lookUp","description":"Finds a book"}]',
      'decotel.outcome': 'completed',
    });
  });

  it('has an event for each message, and the whole conversation as 1.27 has it', () => {
    expect(admitEvents(events, openPolicy).map((event) => [event.name, event.attributes])).toEqual([
      ['gen_ai.system.message', { content: 'Be kind' }],
      ['gen_ai.user.message', { content: JSON.stringify(conversation[1]?.content) }],
      ['gen_ai.assistant.message', { tool_calls: JSON.stringify(conversation[2]?.tool_calls) }],
      ['gen_ai.tool.message', { content: '{"title":"Emma"}', id: 'c1' }],
      ['gen_ai.choice', { index: 0, finish_reason: 'stop', message: JSON.stringify(answer) }],
      ['gen_ai.content.prompt', { 'gen_ai.prompt': JSON.stringify(conversation) }],
      ['gen_ai.content.completion', { 'gen_ai.completion': JSON.stringify([answer]) }],
    ]);
  });

  it('has no event of what may not leave', () => {
    const names = (content: object) =>
      admitEvents(events, { ...openPolicy, content: { ...NO_CONTENT, ...content } }).map((event) => event.name);
    expect(names({})).toEqual([]);
    expect(names({ output: true })).toEqual(['gen_ai.choice', 'gen_ai.content.completion']);
    expect(JSON.stringify(admitEvents(events, { ...openPolicy, content: { ...NO_CONTENT, input: true } }))).not.toMatch(
      /isbn|Emma/,
    );
  });

  it('bounds the messages of a conversation together, and says in each what was cut', () => {
    const input = () =>
      ['short', 'x'.repeat(5000)].map((text) => ({ role: 'developer', parts: [{ type: 'text', content: text }] }));
    const [short, long] = admitEvents(genAiEvents.render(recordOf({ messages: { input } })).events, {
      ...openPolicy,
      valueBytes: 1000,
    });
    expect(short).toMatchObject({
      name: 'gen_ai.system.message',
      attributes: { content: 'short', role: 'developer' },
    });
    expect(short?.attributes).not.toHaveProperty(['decotel.truncated']);
    expect(String(long?.attributes['content']).length).toBeLessThan(1000);
    expect(long?.attributes['decotel.truncated']).toEqual(['content']);
  });

  it('tells of failures and scores as gen-ai does', () => {
    const error = { type: '429', name: 'RateLimitError', message: 'slow down' };
    const failed = genAiEvents.render(
      recordOf({ outcome: 'error', error, scores: [{ name: 's', value: 1, time: 5 }] }),
    );
    expect(admitEvents(failed.events, openPolicy).map(({ name, time }) => [name, time])).toEqual([
      ['gen_ai.evaluation.result', 5],
      ['exception', undefined],
    ]);
  });
});
