import { admit } from '../../src/core/gate.js';
import type { CallRecord } from '../../src/core/record.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { openinference } from '../../src/dialects/openinference.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(openinference);

function rendered(values: Partial<CallRecord>, policy = openPolicy): Record<string, unknown> {
  return admit(openinference.render(recordOf({ outcome: 'completed', ...values })).attributes, policy);
}

describe('openinference', () => {
  it('writes a model call, one attribute for each member of a message', () => {
    expect(rendered({ ...chatWithTools, price: { inputToken: 0.5, outputToken: 2 } })).toEqual({
      'openinference.span.kind': 'LLM',
      metadata: '{"code.function.name":"Librarian.ask"}',
      'llm.provider': 'openai',
      'llm.system': 'openai',
      'llm.model_name': 'gpt-5-mini-2025',
      'llm.finish_reason': 'stop',
      'llm.invocation_parameters': '{"max_tokens":100,"temperature":0.5,"stop":["END"],"stream":true}',
      'llm.token_count.prompt': 20,
      'llm.token_count.completion': 7,
      'llm.token_count.total': 27,
      'llm.token_count.prompt_details.cache_read': 8,
      'llm.token_count.completion_details.reasoning': 3,
      'llm.cost.prompt': 10,
      'llm.cost.completion': 14,
      'llm.cost.total': 24,
      'llm.tools.0.tool.json_schema': '{"type":"function","function":{"name":"lookUp","description":"Finds a book"}}',
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'Be kind',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.contents.0.message_content.type': 'text',
      'llm.input_messages.1.message.contents.0.message_content.text': 'Which?',
      'llm.input_messages.1.message.contents.1.message_content.type': 'image',
      'llm.input_messages.1.message.contents.1.message_content.image.image.url': 'https://x.test/a.png',
      'llm.input_messages.2.message.role': 'assistant',
      'llm.input_messages.2.message.tool_calls.0.tool_call.id': 'c1',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.name': 'lookUp',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments': '{"isbn":"1"}',
      'llm.input_messages.3.message.role': 'tool',
      'llm.input_messages.3.message.tool_call_id': 'c1',
      'llm.input_messages.3.message.content': '{"title":"Emma"}',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'Emma',
      'input.value': '[{"type":"tool_call_response","id":"c1","response":{"title":"Emma"}}]',
      'output.value': 'Emma',
    });
  });

  it('keeps what tools were given and gave out of messages where the content of tools is off', () => {
    const written = rendered(chatWithTools, { ...openPolicy, content: { ...NO_CONTENT, input: true } });
    expect(JSON.stringify(written)).not.toMatch(/isbn|Emma|Finds/);
    expect(written).toMatchObject({
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.name': 'lookUp',
      'llm.input_messages.3.message.tool_call_id': 'c1',
    });
  });

  it('bounds all messages together, and names what was cut', () => {
    const long = (text: string) => ({ role: 'user', parts: [{ type: 'text', content: text.repeat(3000) }] });
    const input = () => [{ role: 'user', parts: [{ type: 'text', content: 'short' }] }, long('a'), long('b')];
    const written = rendered({ messages: { input } }, { ...openPolicy, valueBytes: 2000 });
    const texts = Object.entries(written).filter(([key]) => key.startsWith('llm.input_messages'));
    expect(Buffer.byteLength(JSON.stringify(texts))).toBeLessThan(2500);
    expect(written).toMatchObject({
      'llm.input_messages.0.message.content': 'short',
      'llm.input_messages.2.message.role': 'user',
      'decotel.truncated': [
        'llm.input_messages.1.message.content',
        'llm.input_messages.2.message.content',
        'input.value',
      ],
    });
  });

  it('splits the results of tools that share a message', () => {
    const result = (id: string) => ({ type: 'tool_call_response', id, response: id });
    const input = () => [{ role: 'user', parts: [result('c1'), result('c2'), { type: 'text', content: 'And?' }] }];
    const {
      'openinference.span.kind': kind,
      'input.value': value,
      ...messages
    } = rendered({
      operation: 'chat',
      messages: { input },
    });
    expect([kind, value]).toEqual(['LLM', 'And?']);
    expect(messages).toEqual({
      'llm.input_messages.0.message.role': 'tool',
      'llm.input_messages.0.message.tool_call_id': 'c1',
      'llm.input_messages.0.message.content': 'c1',
      'llm.input_messages.1.message.role': 'tool',
      'llm.input_messages.1.message.tool_call_id': 'c2',
      'llm.input_messages.1.message.content': 'c2',
      'llm.input_messages.2.message.role': 'user',
      'llm.input_messages.2.message.content': 'And?',
    });
  });

  it('writes the documents of a search', () => {
    const documents = [
      { id: '1', score: 0.9, content: 'Emma', metadata: { year: 1815 } },
      { id: '2', distance: 0.2 },
    ];
    expect(
      rendered({ operation: 'retrieval', retrieval: { dataSource: 'books', topK: 3, query: 'q', documents } }),
    ).toEqual({
      'openinference.span.kind': 'RETRIEVER',
      metadata: '{"gen_ai.data_source.id":"books","gen_ai.retrieval.top_k":3}',
      'input.value': 'q',
      'retrieval.documents.0.document.id': '1',
      'retrieval.documents.0.document.score': 0.9,
      'retrieval.documents.0.document.content': 'Emma',
      'retrieval.documents.0.document.metadata': '{"year":1815}',
      'retrieval.documents.1.document.id': '2',
      'retrieval.documents.1.document.metadata': '{"distance":0.2}',
    });
  });

  it('writes tools, agents and embeddings', () => {
    const tool = { name: 'lookUp', description: 'Finds', callId: 'c1' };
    expect(rendered({ operation: 'execute_tool', tool, arguments: [{ isbn: '1' }], result: 'Emma' })).toEqual({
      'openinference.span.kind': 'TOOL',
      'tool.name': 'lookUp',
      'tool.description': 'Finds',
      'tool.id': 'c1',
      'input.value': '{"isbn":"1"}',
      'input.mime_type': 'application/json',
      'output.value': 'Emma',
    });
    expect(rendered({ operation: 'invoke_agent', agent: { name: 'librarian' } })).toEqual({
      'openinference.span.kind': 'AGENT',
      'agent.name': 'librarian',
    });
    const input = () => ['one', 'two'].map((text) => ({ role: 'user', parts: [{ type: 'text', content: text }] }));
    expect(rendered({ operation: 'embeddings', request: { model: 'ada' }, messages: { input } })).toEqual({
      'openinference.span.kind': 'EMBEDDING',
      'embedding.model_name': 'ada',
      'embedding.embeddings.0.embedding.text': 'one',
      'embedding.embeddings.1.embedding.text': 'two',
      'input.value': 'two',
    });
  });

  it('writes whose conversation it was, the prompt, tags and metadata', () => {
    const session = { id: 's1', userId: 'u1', name: 'Books', metadata: { plan: 'pro', apiKey: 'abc' } };
    const prompt = { name: 'hello', version: '3f', template: 'Hi {name}', variables: { name: 'Ann' } };
    expect(rendered({ session, prompt, tags: ['b'], metadata: { team: 'books' }, provider: 'aws.bedrock' })).toEqual({
      'openinference.span.kind': 'CHAIN',
      'session.id': 's1',
      'user.id': 'u1',
      'tag.tags': ['b'],
      metadata: '{"plan":"pro","apiKey":"[masked]","team":"books","decotel.session.name":"Books"}',
      'llm.provider': 'aws',
      'prompt.id': 'hello',
      'llm.prompt_template.template': 'Hi {name}',
      'llm.prompt_template.version': '3f',
      'llm.prompt_template.variables': '{"name":"Ann"}',
    });
  });
});
