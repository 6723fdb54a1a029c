import { admit, admitEvents } from '../../src/core/gate.js';
import { Media } from '../../src/core/media.js';
import type { CallRecord } from '../../src/core/record.js';
import { NO_CONTENT } from '../../src/core/settings.js';
import { genAi, startAttributes } from '../../src/dialects/gen-ai.js';
import { checkAttributes, checkMessages } from '../support/conventions.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(genAi);

function rendered(values: Partial<CallRecord>): Record<string, unknown> {
  const attributes = admit(genAi.render(recordOf({ outcome: 'completed', ...values })).attributes, openPolicy);
  expect([...checkAttributes(attributes), ...checkMessages(attributes)]).toEqual([]);
  return attributes;
}

describe('gen-ai', () => {
  it('writes whose conversation it was, and what was thought of it', () => {
    const record = recordOf({
      outcome: 'completed',
      response: { id: 'r1' },
      tags: ['b', 'c'],
      metadata: { plan: 'free' },
      session: { id: 's1', userId: 'u1', name: 'Books', tags: ['a', 'b'], metadata: { plan: 'pro', seats: 3 } },
      scores: [{ name: 'relevance', value: 0.8, label: 'good', explanation: 'On topic', time: 1_700_000_000_000 }],
    });
    const { attributes, events } = genAi.render(record);
    expect(admit(attributes, openPolicy)).toEqual({
      'decotel.metadata.plan': 'free',
      'decotel.metadata.seats': 3,
      'decotel.outcome': 'completed',
      'decotel.session.name': 'Books',
      'decotel.tags': ['a', 'b', 'c'],
      'gen_ai.conversation.id': 's1',
      'gen_ai.response.id': 'r1',
      'session.id': 's1',
      'user.id': 'u1',
    });
    expect(admitEvents(events, openPolicy).map(({ name, attributes, time }) => [name, attributes, time])).toEqual([
      [
        'gen_ai.evaluation.result',
        {
          'gen_ai.evaluation.name': 'relevance',
          'gen_ai.evaluation.score.value': 0.8,
          'gen_ai.evaluation.score.label': 'good',
          'gen_ai.evaluation.explanation': 'On topic',
          'gen_ai.response.id': 'r1',
        },
        1_700_000_000_000,
      ],
    ]);
  });

  it('writes a model call', () => {
    expect(
      rendered({
        operation: 'chat',
        provider: 'openai',
        serverAddress: 'api.openai.com',
        serverPort: 443,
        functionName: 'Librarian.ask',
        outputType: 'json',
        request: {
          model: 'gpt-5-mini',
          maxTokens: 100,
          temperature: 0.5,
          topP: 1,
          topK: 40,
          frequencyPenalty: 0,
          presencePenalty: 0.1,
          stopSequences: ['END'],
          seed: 7,
          choiceCount: 2,
          stream: true,
        },
        response: {
          id: 'x',
          model: 'gpt-5-mini-2025',
          finishReasons: ['stop', 'length'],
          timeToFirstChunkSeconds: 0.25,
        },
        usage: {
          inputTokens: 20,
          outputTokens: 7,
          cacheReadInputTokens: 8,
          cacheCreationInputTokens: 0,
          reasoningOutputTokens: 3,
          raw: { total_tokens: 27, 'prompt_tokens_details.audio_tokens': 0 },
        },
        messages: {
          input: () => [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
          output: () => [{ role: 'assistant', parts: [], finish_reason: 'stop' }],
          systemInstructions: () => [{ type: 'text', content: 'Be kind' }],
          toolDefinitions: () => [{ type: 'function', name: 'lookUp' }],
        },
        prompt: {
          name: 'hello',
          version: '1',
          template: 'Hi {name}',
          variables: { name: 'Ann', n: [1] },
          rendered: 'Hi Ann',
          metadata: { team: 'books', reviewed: true },
          tags: ['production'],
        },
        tags: ['beta'],
        metadata: { team: 'books', tries: 2 },
        streamChunks: 4,
      }),
    ).toEqual({
      'code.function.name': 'Librarian.ask',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'server.address': 'api.openai.com',
      'server.port': 443,
      'gen_ai.output.type': 'json',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_p': 1,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.frequency_penalty': 0,
      'gen_ai.request.presence_penalty': 0.1,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.seed': 7,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.stream': true,
      'gen_ai.response.id': 'x',
      'gen_ai.response.model': 'gpt-5-mini-2025',
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 8,
      'gen_ai.usage.cache_creation.input_tokens': 0,
      'gen_ai.usage.reasoning.output_tokens': 3,
      'decotel.usage.total_tokens': 27,
      'decotel.usage.prompt_tokens_details.audio_tokens': 0,
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[],"finish_reason":"stop"}]',
      'gen_ai.system_instructions': '[{"type":"text","content":"Be kind"}]',
      'gen_ai.tool.definitions': '[{"type":"function","name":"lookUp"}]',
      'gen_ai.prompt.name': 'hello',
      'gen_ai.prompt.version': '1',
      'gen_ai.prompt.variable.name': 'Ann',
      'gen_ai.prompt.variable.n': '[1]',
      'decotel.prompt.template': 'Hi {name}',
      'decotel.prompt.rendered': 'Hi Ann',
      'decotel.prompt.tags': ['production'],
      'decotel.prompt.metadata.team': 'books',
      'decotel.prompt.metadata.reviewed': true,
      'decotel.tags': ['beta'],
      'decotel.metadata.team': 'books',
      'decotel.metadata.tries': 2,
      'decotel.stream.chunks': 4,
      'decotel.outcome': 'completed',
    });
  });

  it('writes a tool with an object of arguments and an object as its result', () => {
    const tool = { name: 'lookUp', type: 'function', description: 'Looks a book up', callId: 'call_1' };
    const base = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.description': 'Looks a book up',
      'gen_ai.tool.call.id': 'call_1',
      'decotel.outcome': 'completed',
    };
    expect(rendered({ operation: 'execute_tool', tool, arguments: { isbn: '1' }, result: { title: 'Dune' } })).toEqual({
      ...base,
      'gen_ai.tool.call.arguments': '{"isbn":"1"}',
      'gen_ai.tool.call.result': '{"title":"Dune"}',
    });
    expect(rendered({ operation: 'execute_tool', tool, arguments: [{ isbn: '1' }], result: ['Dune'] })).toMatchObject({
      'gen_ai.tool.call.arguments': '{"isbn":"1"}',
      'gen_ai.tool.call.result': '{"result":["Dune"]}',
    });
    expect(rendered({ operation: 'execute_tool', tool, arguments: ['1', 2] })).toEqual({
      ...base,
      'gen_ai.tool.call.arguments': '{"arguments":["1",2]}',
    });
  });

  it('writes what the model said beside the arguments of a tool', () => {
    const notes = { confidence: 0.9, certain: false, choices: { isbn: ['1'] }, reason: 'said', odd: NaN, none: null };
    expect(rendered({ operation: 'execute_tool', tool: { name: 'lookUp', notes } })).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookUp',
      'decotel.tool.confidence': 0.9,
      'decotel.tool.certain': false,
      'decotel.tool.choices': '{"isbn":["1"]}',
      'decotel.tool.reason': 'said',
      'decotel.outcome': 'completed',
    });
  });

  it('writes a workflow with what went in and came out', () => {
    const values = {
      operation: 'invoke_workflow',
      workflow: { name: 'acquire' },
      arguments: ['Dune'],
      result: 'bought',
    };
    expect(rendered(values)).toEqual({
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'acquire',
      'decotel.arguments': '["Dune"]',
      'decotel.result': '"bought"',
      'decotel.outcome': 'completed',
    });
  });

  it.each([
    [[], undefined],
    [[[{ isbn: '1' }]], '{"arguments":[[{"isbn":"1"}]]}'],
    [[{ isbn: '1' }, 2], '{"arguments":[{"isbn":"1"},2]}'],
    [[new Media('image/png', 9)], '{"arguments":[{"type":"blob","bytes":9,"mime_type":"image/png"}]}'],
    ['[unreadable: Error]', '{"arguments":"[unreadable: Error]"}'],
  ])('writes the arguments %j of a tool as an object', (given, expected) => {
    const written = rendered({ operation: 'execute_tool', tool: { name: 'lookUp' }, arguments: given });
    expect(parsed(written['gen_ai.tool.call.arguments'])).toEqual(parsed(expected));
  });

  it.each([
    [undefined, undefined],
    [null, '{"result":null}'],
    ['', '{"result":""}'],
    [[], '{"result":[]}'],
    [{}, '{}'],
    [new Media(undefined, 9), '{"result":{"type":"blob","bytes":9}}'],
  ])('writes the result %j of a tool as an object', (given, expected) => {
    const written = rendered({ operation: 'execute_tool', tool: { name: 'lookUp' }, result: given });
    expect(parsed(written['gen_ai.tool.call.result'])).toEqual(parsed(expected));
  });

  it('writes an agent, a plain call and an embedding', () => {
    expect(
      rendered({
        operation: 'invoke_agent',
        agent: {
          name: 'librarian',
          id: 'a1',
          version: '2',
          description: 'Finds books',
          tools: ['lookUp'],
          handoffs: ['clerk'],
        },
        arguments: { question: 'Which?' },
        result: 'Dune',
      }),
    ).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'librarian',
      'gen_ai.agent.id': 'a1',
      'gen_ai.agent.version': '2',
      'gen_ai.agent.description': 'Finds books',
      'decotel.agent.tools': ['lookUp'],
      'decotel.agent.handoffs': ['clerk'],
      'decotel.arguments': '{"question":"Which?"}',
      'decotel.result': '"Dune"',
      'decotel.outcome': 'completed',
    });
    expect(rendered({ functionName: 'f', arguments: { a: 1 }, result: null, unobserved: true })).toEqual({
      'code.function.name': 'f',
      'decotel.arguments': '{"a":1}',
      'decotel.result': 'null',
      'decotel.unobserved': true,
      'decotel.outcome': 'completed',
    });
    expect(
      rendered({
        operation: 'embeddings',
        provider: 'openai',
        request: { model: 'text-embedding-3-small', encodingFormats: ['float'] },
        response: { model: 'text-embedding-3-small' },
        usage: { inputTokens: 8 },
        embeddingDimensions: 1536,
        arguments: { input: 'Dune' },
        requestMissing: true,
      }),
    ).toEqual({
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.request.encoding_formats': ['float'],
      'gen_ai.response.model': 'text-embedding-3-small',
      'gen_ai.usage.input_tokens': 8,
      'gen_ai.embeddings.dimension.count': 1536,
      'decotel.arguments': '{"input":"Dune"}',
      'decotel.request.missing': true,
      'decotel.outcome': 'completed',
    });
  });

  it('writes a retrieval, and a list of nothing where nothing was found', () => {
    const documents = [
      { id: '1', score: 0.9, content: 'Dune', metadata: { year: 1965 } },
      { distance: 0.25, content: 'Emma' },
    ];
    expect(
      rendered({
        operation: 'retrieval',
        provider: 'openai',
        retrieval: { dataSource: 'books', topK: 2, query: 'sand', documents },
        arguments: { filter: 'sf' },
      }),
    ).toEqual({
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.provider.name': 'openai',
      'gen_ai.data_source.id': 'books',
      'gen_ai.request.top_k': 2,
      'gen_ai.retrieval.top_k': 2,
      'gen_ai.retrieval.query.text': 'sand',
      'gen_ai.retrieval.documents': JSON.stringify(documents),
      'decotel.arguments': '{"filter":"sf"}',
      'decotel.outcome': 'completed',
    });
    expect(rendered({ operation: 'retrieval', retrieval: { documents: [] }, request: { topK: 3 } })).toEqual({
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.request.top_k': 3,
      'gen_ai.retrieval.top_k': 3,
      'gen_ai.retrieval.documents': '[]',
      'decotel.outcome': 'completed',
    });
  });

  it('writes what went into an agent and came out of it once: as messages, where it has any', () => {
    const said = {
      arguments: { question: 'Which?' },
      result: 'Dune',
      messages: { output: () => [{ role: 'assistant', parts: [], finish_reason: 'stop' }] },
    };
    const base = {
      'gen_ai.output.messages': '[{"role":"assistant","parts":[],"finish_reason":"stop"}]',
      'decotel.arguments': '{"question":"Which?"}',
      'decotel.outcome': 'completed',
    };
    expect(rendered({ operation: 'invoke_agent', ...said })).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      ...base,
    });
    expect(rendered({ operation: 'chat', agent: { name: 'librarian' }, ...said })).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.agent.name': 'librarian',
      'decotel.result': '"Dune"',
      ...base,
    });
  });

  it('writes no port without an address', () => {
    expect(rendered({ serverPort: 443 })).toEqual({ 'decotel.outcome': 'completed' });
  });

  it('writes one exception, and its type without its text where content is off', () => {
    const record = recordOf({
      outcome: 'error',
      error: { type: '404', name: 'NotFoundError', message: 'gone', stack: 'at x' },
    });
    const { attributes, events } = genAi.render(record);
    expect(admit(attributes, openPolicy)).toMatchObject({ 'error.type': '404', 'decotel.outcome': 'error' });
    expect(admitEvents(events, openPolicy).map(({ name, attributes }) => [name, attributes])).toEqual([
      ['exception', { 'exception.type': 'NotFoundError', 'exception.message': 'gone', 'exception.stacktrace': 'at x' }],
    ]);
    const withoutContent = { ...openPolicy, content: NO_CONTENT };
    expect(admitEvents(events, withoutContent).map((event) => event.attributes)).toEqual([
      { 'exception.type': 'NotFoundError' },
    ]);
    const aborted = genAi.render(recordOf({ outcome: 'aborted', error: record.error }));
    expect(aborted.events).toEqual([]);
    expect(admit(aborted.attributes, openPolicy)).toEqual({ 'decotel.outcome': 'aborted' });
    const unknown = genAi.render(recordOf({ outcome: 'error' }));
    expect(unknown.events).toEqual([]);
    expect(admit(unknown.attributes, openPolicy)).toEqual({ 'decotel.outcome': 'error', 'error.type': '_OTHER' });
  });

  it('leaves out numbers that no convention allows', () => {
    expect(
      rendered({
        operation: 'chat',
        request: { maxTokens: 1.5, temperature: NaN },
        usage: { inputTokens: -0.5, raw: { x: 0.5 } },
      }),
    ).toEqual({ 'gen_ai.operation.name': 'chat', 'decotel.outcome': 'completed' });
  });

  it('gives a sampler what is known at the start', () => {
    const record = recordOf({ operation: 'chat', provider: 'openai', request: { model: 'm' }, outcome: 'completed' });
    expect(admit(startAttributes(record), openPolicy)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
    });
    const called = recordOf({
      operation: 'execute_tool',
      functionName: 'Librarian.lookUp',
      serverAddress: 'localhost',
      serverPort: 8080,
      tool: { name: 'lookUp', type: 'function', description: 'Looks a book up' },
      agent: { name: 'librarian', description: 'Finds books', tools: ['lookUp'] },
      arguments: { isbn: '1' },
    });
    expect(admit(startAttributes(called), openPolicy)).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'code.function.name': 'Librarian.lookUp',
      'server.address': 'localhost',
      'server.port': 8080,
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.type': 'function',
      'gen_ai.agent.name': 'librarian',
    });
  });
});

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
