import { Media } from '../../src/core/media.js';
import { aiSdk } from '../../src/providers/ai-sdk.js';
import { providerOfClient, readRequest, startFold } from '../../src/providers/registry.js';
import { snapshot } from '../../src/core/snapshot.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

const model = (provider: string) => ({
  provider,
  modelId: 'm',
  doGenerate: () => undefined,
  doStream: () => undefined,
});
const answer = (members: object) => ({ content: [], finishReason: 'stop', usage: {}, warnings: [], ...members });

describe('ai-sdk', () => {
  keepsTheProviderContract(aiSdk, 'ai-sdk');

  it('reads settings, messages and tools of a prompt', () => {
    const { input, toolDefinitions, ...reading } = aiSdk.request(fixture('ai-sdk', 'order', 'request')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      outputType: 'json',
      request: {
        maxTokens: 200,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        stopSequences: ['END'],
        seed: 7,
      },
    });
    const picture = { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 };
    expect(input?.()).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Answer in one sentence.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Which book is this, and is it in stock?' },
          picture,
          { type: 'uri', modality: 'image', mime_type: 'image/jpeg', uri: 'https://books.example/cover.jpg' },
          { type: 'file', modality: 'document', file_id: 'file-7' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'I have to look.' },
          { type: 'tool_call', id: 'call_1', name: 'stock', arguments: { title: 'Dune' } },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool_call_response', id: 'call_1', response: { copies: 3 } },
          {
            type: 'tool_call_response',
            id: 'call_2',
            response: [
              { type: 'text', content: 'Found.' },
              picture,
              { type: 'uri', modality: 'image', mime_type: undefined, uri: 'https://books.example/cover.jpg' },
            ],
          },
          { type: 'tool_call_response', id: 'call_3', response: { type: 'execution-denied', reason: 'no' } },
        ],
      },
    ]);
    expect(toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'stock',
        description: 'Copies in stock',
        parameters: { type: 'object', properties: { title: { type: 'string' } } },
      },
      { type: 'provider', name: 'web_search', parameters: { searchContextSize: 'low' } },
    ]);
  });

  it('records no bytes of a file, whether it is a buffer, an address or was replaced by a snapshot', () => {
    const content = [
      { type: 'file', mediaType: 'audio/wav', data: new Uint8Array(9) },
      { type: 'file', mediaType: 'image/png', data: new URL('https://books.example/cover.png') },
      { type: 'image', image: new Media('image/png', 5) },
      { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'A note' } },
    ];
    const input = readRequest(snapshot({ prompt: [{ role: 'user', content }] }))?.reading.input?.();
    expect(input?.[0]?.parts).toEqual([
      { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: '', bytes: 9 },
      { type: 'uri', modality: 'image', mime_type: 'image/png', uri: 'https://books.example/cover.png' },
      { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 5 },
      { type: 'text', content: 'A note' },
    ]);
  });

  it('takes values for an embedding model only from one that it knows', () => {
    const values = { values: ['Dune', 'Emma'] };
    expect(readRequest(values)).toBeUndefined();
    expect(readRequest(values, aiSdk)?.reading.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Dune' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Emma' }] },
    ]);
  });

  it('reads an answer, with the finish reason as the provider spells it', () => {
    const { output, ...reading } = aiSdk.read(fixture('ai-sdk', 'order', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      id: 'chatcmpl-9',
      model: 'gpt-5-mini-2025-08-07',
      finishReasons: ['tool_calls'],
      usage: {
        inputTokens: 30,
        outputTokens: 12,
        cacheReadInputTokens: 8,
        cacheCreationInputTokens: 2,
        reasoningOutputTokens: 5,
      },
    });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'It is Dune.' },
          { type: 'text', content: 'It is Dune: ' },
          { type: 'source', sourceType: 'url', id: '1', url: 'https://books.example' },
          {
            type: 'server_tool_call',
            id: 'ws_1',
            name: 'web_search',
            server_tool_call: { type: 'web_search', input: '{}' },
          },
          {
            type: 'server_tool_call_response',
            id: 'ws_1',
            server_tool_call_response: { type: 'web_search', result: { pages: 1 } },
          },
          { type: 'tool_call', id: 'call_4', name: 'order', arguments: { title: 'Dune' } },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('adds up the steps of a result that a function of the SDK put together', () => {
    const { usage, isSummary, id } = aiSdk.read(fixture('ai-sdk', 'steps', 'response')) ?? {};
    expect({ usage, isSummary, id }).toEqual({
      usage: {
        inputTokens: 30,
        outputTokens: 7,
        cacheReadInputTokens: 2,
        reasoningOutputTokens: 0,
        raw: expect.objectContaining({ totalTokens: 37 }) as object,
      },
      isSummary: true,
      id: 'b',
    });
  });

  it('reads embeddings, and no count where the SDK has NaN for one', () => {
    expect(aiSdk.read(fixture('ai-sdk', 'books', 'response'))).toEqual({
      operation: 'embeddings',
      usage: { inputTokens: 6 },
      embeddingDimensions: 3,
    });
    const embedded = { value: 'Dune', embedding: [1, 2], usage: { tokens: NaN } };
    expect(aiSdk.read(embedded)).toEqual({ operation: 'embeddings', embeddingDimensions: 2, isSummary: true });
  });

  it('reads an object, and what streams it', () => {
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    const whole = aiSdk.read({ object: { title: 'Dune' }, finishReason: 'stop', usage });
    expect(whole?.output?.()?.[0]?.parts).toEqual([{ type: 'text', content: '{"title":"Dune"}' }]);
    const chunks = [
      { type: 'object', object: {} },
      { type: 'text-delta', textDelta: '{"title":' },
      { type: 'text-delta', textDelta: '"Dune"}' },
      { type: 'finish', finishReason: 'stop', usage, response: { id: 'a' } },
    ];
    const fold = startFold(chunks[0] ?? {})?.fold;
    for (const chunk of chunks) fold?.add(chunk);
    expect(fold?.read()).toMatchObject({ id: 'a', usage: { inputTokens: 3, outputTokens: 2 }, isSummary: true });
    expect(fold?.read().output?.()).toEqual(whole?.output?.());
  });

  it.each([
    [
      'Anthropic',
      { inputTokens: 5, outputTokens: 2, cachedInputTokens: 3 },
      { anthropic: { cacheCreationInputTokens: 4 } },
      [12, 2, 3, 4],
    ],
    [
      'Anthropic without a cache',
      { inputTokens: 5, outputTokens: 2 },
      { anthropic: { cacheCreationInputTokens: null } },
      [5, 2, undefined, undefined],
    ],
    [
      'Bedrock',
      { inputTokens: 5, outputTokens: 2, cachedInputTokens: 3 },
      { bedrock: { usage: { cacheWriteInputTokens: 4 } } },
      [12, 2, 3, 4],
    ],
    [
      'OpenAI',
      { inputTokens: 5, outputTokens: 9, totalTokens: 14, reasoningTokens: 6, cachedInputTokens: 3 },
      { openai: {} },
      [5, 9, 3, undefined],
    ],
    [
      'Google',
      { inputTokens: 5, outputTokens: 3, totalTokens: 14, reasoningTokens: 6 },
      { google: {} },
      [5, 9, undefined, undefined],
    ],
  ])(
    'counts in the meaning of the conventions what version 5 passes on of %s',
    (_name, usage, providerMetadata, counts) => {
      const read = aiSdk.read(answer({ usage, providerMetadata }))?.usage;
      expect([
        read?.inputTokens,
        read?.outputTokens,
        read?.cacheReadInputTokens,
        read?.cacheCreationInputTokens,
      ]).toEqual(counts);
    },
  );

  it('reads an error that a provider streamed', () => {
    const fold = startFold({ type: 'stream-start', warnings: [] })?.fold;
    fold?.add({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    expect(fold?.read().error).toEqual({ type: 'overloaded_error', message: 'Overloaded' });
  });

  it.each([
    ['openai.chat', 'openai'],
    ['openai.responses', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['google.generative-ai', 'gcp.gemini'],
    ['google.vertex.chat', 'gcp.vertex_ai'],
    ['vertex.anthropic.messages', 'gcp.vertex_ai'],
    ['amazon-bedrock', 'aws.bedrock'],
    ['azure.responses', 'azure.ai.openai'],
    ['azure-openai.chat', 'azure.ai.openai'],
    ['mistral.chat', 'mistral_ai'],
    ['xai.chat', 'x_ai'],
    ['togetherai.chat', 'togetherai'],
  ])('names the provider of a model of %s: %s', (provider, name) => {
    const client = model(provider);
    expect(providerOfClient(client)).toBe(aiSdk);
    expect(aiSdk.clientName?.(client)).toBe(name);
    expect(aiSdk.clientModel?.(client)).toBe('m');
  });
});
