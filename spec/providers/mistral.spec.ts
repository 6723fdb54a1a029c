import { snapshot } from '../../src/core/snapshot.js';
import { mistral } from '../../src/providers/mistral.js';
import { providerOfClient, readRequest, readResponse, startFold } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('mistral', () => {
  keepsTheProviderContract(mistral, 'mistral');

  it('reads a response under the names of the wire', () => {
    const { output, ...reading } = mistral.read(fixture('mistral', 'weather', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      id: '864dc78a89b648cba3962647b8df4d3e',
      model: 'mistral-large-2512',
      finishReasons: ['tool_calls'],
      usage: {
        inputTokens: 90,
        outputTokens: 40,
        cacheReadInputTokens: 64,
        raw: { total_tokens: 130, prompt_audio_seconds: 3 },
      },
    });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Two places are asked for.' },
          { type: 'text', content: 'Let me look.' },
          { type: 'tool_call', id: 'vAKGXGFZD', name: 'weather', arguments: { cityName: 'Vienna' } },
          { type: 'tool_call', id: 'n9P3tR143', name: 'weather', arguments: { cityName: 'Graz' } },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('reads embeddings', () => {
    expect(mistral.read(fixture('mistral', 'books', 'response'))).toEqual({
      operation: 'embeddings',
      id: '9448e0d166cb496cbec295a32f735bf9',
      model: 'mistral-embed',
      usage: { inputTokens: 10, raw: { completion_tokens: 0, total_tokens: 10 } },
      embeddingDimensions: 4,
    });
    const request = mistral.request(fixture('mistral', 'books', 'request'));
    expect(request?.request).toEqual({ model: 'mistral-embed', encodingFormats: ['float'] });
    expect(request?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'a book about Vienna' }] },
      { role: 'user', parts: [{ type: 'text', content: 'a book about Graz' }] },
    ]);
  });

  it('reads a request, and leaves the names that are the application’s', () => {
    const reading = mistral.request(snapshot(fixture('mistral', 'weather', 'request')) as object);
    expect(reading).toMatchObject({
      operation: 'chat',
      outputType: 'json',
      request: {
        model: 'mistral-large-latest',
        temperature: 0.2,
        topP: 0.9,
        maxTokens: 100,
        stopSequences: ['END'],
        seed: 7,
        presencePenalty: 0.3,
      },
    });
    expect(reading?.input?.()).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You are a weather service.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Where was this taken?' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/roofs.png' },
          { type: 'uri', modality: 'document', uri: 'https://example.com/roofs.pdf' },
          { type: 'blob', modality: 'audio', content: '', bytes: 4 },
          { type: 'file', modality: 'document', file_id: 'file-7' },
        ],
      },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'aX2gaLIyo', name: 'locate', arguments: { fileId: 'file-7' } }],
      },
      {
        role: 'tool',
        name: 'locate',
        parts: [{ type: 'tool_call_response', id: 'aX2gaLIyo', response: 'Vienna' }],
      },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'locate',
        description: 'Finds the place of a picture',
        parameters: { type: 'object', properties: { fileId: { type: 'string' } } },
      },
    ]);
  });

  it('reads what is to be filled in', () => {
    const body = { model: 'codestral-2508', prompt: 'const project = ', suffix: ';', maxTokens: 16 };
    const reading = readRequest(body, mistral)?.reading;
    expect(reading).toMatchObject({ operation: 'chat', request: { model: 'codestral-2508', maxTokens: 16 } });
    expect(reading?.input?.()).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'const project = ' },
          { type: 'suffix', content: ';' },
        ],
      },
    ]);
  });

  it.each<[string, object]>([
    ['a chat that could be anybody’s', { model: 'm', messages: [], maxTokens: 9 }],
    ['a prompt', { model: 'm', prompt: 'Hi' }],
    ['other inputs', { model: 'sentence-transformers/nomic-embed-text', inputs: ['Hi'] }],
  ])('takes %s only where the client or the answer tells that it is Mistral’s', (_, body) => {
    expect(mistral.request(body)).toBeUndefined();
    expect(mistral.request(body, true)?.operation).toMatch(/^(chat|embeddings)$/);
  });

  it('takes no moderation for embeddings', () => {
    expect(mistral.request({ model: 'mistral-moderation-latest', inputs: ['Hi'] }, true)).toBeUndefined();
  });

  it('leaves what was read off the wire to OpenAI’s shapes', () => {
    const message = { role: 'assistant', content: 'Hi', tool_calls: null };
    const completion = { id: 'a', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] };
    expect(readResponse(completion)?.provider.name).toBe('openai');
    expect(mistral.read(completion)).toBeUndefined();
  });

  it('does not take another SDK’s answers in camelCase for Mistral’s', () => {
    const message = { role: 'assistant', content: 'Hi', toolCalls: [] };
    expect(mistral.read({ id: 'gen-1', choices: [{ index: 0, message, finishReason: 'stop' }] })).toBeUndefined();
    expect(startFold({ data: '{"choices":[]}', event: 'message' })).toBeUndefined();
  });

  it('knows its client without touching a resource', () => {
    class Client {
      readonly _baseURL = new URL('http://127.0.0.1');
      get fim(): never {
        throw new Error('made too early');
      }
    }
    expect(providerOfClient(new Client())).toBe(mistral);
    expect(mistral.clientName?.(new Client())).toBe('mistral_ai');
  });
});
