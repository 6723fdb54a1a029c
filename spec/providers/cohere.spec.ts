import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { snapshot } from '../../src/core/snapshot.js';
import { cohere } from '../../src/providers/cohere.js';
import { providerOfClient, readRequest, readResponse } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

function whole(value: object): unknown {
  const { output, ...reading } = cohere.read(value) ?? {};
  return { ...reading, messages: output?.() };
}

const read = (name: string): unknown => whole(fixture('cohere', name, 'response'));

describe('cohere', () => {
  keepsTheProviderContract(cohere, 'cohere');

  it('reads an answer of v2: what was billed counts', () => {
    expect(read('weather')).toEqual({
      operation: 'chat',
      id: '6ba2c42a-0a19-4bc7-89d0-75f81c2f56a5',
      finishReasons: ['TOOL_CALL'],
      usage: {
        inputTokens: 57,
        outputTokens: 94,
        cacheReadInputTokens: 112,
        reasoningOutputTokens: 12,
        raw: { 'tokens.input_tokens': 1490, 'tokens.output_tokens': 94, 'tokens.image_tokens': 3 },
      },
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'tool_plan', content: 'I will look up both places.' },
            { type: 'reasoning', content: 'Two places are asked for.' },
            { type: 'text', content: 'Let me look.' },
            { type: 'tool_call', id: 'weather_x9cnzmemn5h2', name: 'weather', arguments: { city: 'Vienna' } },
            { type: 'tool_call', id: 'weather_8trmzqnee472', name: 'weather', arguments: { city: 'Graz' } },
          ],
          finish_reason: 'TOOL_CALL',
        },
      ],
    });
  });

  it('reads an answer of v1, as the SDK spells it: what was not billed was consumed', () => {
    expect(read('old-weather')).toEqual({
      operation: 'chat',
      id: 'ea2d074c-4f25-47cb-bef8-b00dc2ae991b',
      finishReasons: ['COMPLETE'],
      usage: {
        inputTokens: 69,
        outputTokens: 80,
        raw: { 'tokens.input_tokens': 69, 'tokens.output_tokens': 81 },
      },
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'Let me look.' },
            { type: 'tool_call', name: 'weather', arguments: { cityName: 'Vienna' } },
          ],
          finish_reason: 'COMPLETE',
        },
      ],
    });
  });

  it('tells the calls of v1 apart, which have no ids', () => {
    const calls = ['Vienna', 'Graz'].map((city) => ({ name: 'weather', parameters: { city } }));
    const answer = { text: '', generation_id: 'g', tool_calls: calls, finish_reason: 'COMPLETE' };
    expect(cohere.read(answer)?.output?.()?.[0]?.parts).toEqual([
      { type: 'tool_call', name: 'weather', arguments: { city: 'Vienna' } },
      { type: 'tool_call', name: 'weather', arguments: { city: 'Graz' } },
    ]);
  });

  it('reads embeddings', () => {
    expect(read('books')).toEqual({
      operation: 'embeddings',
      id: '36914204-9f39-4640-802d-da27cbfdf803',
      usage: { inputTokens: 5, raw: { 'billed_units.images': 1 } },
      embeddingDimensions: 4,
    });
  });

  it.each<[string, unknown, number | undefined]>([
    ['a list, as v1 gives them', [[0.1, 0.2, 0.3]], 3],
    ['eight to a byte', { ubinary: [[1, 2]] }, 16],
    ['base64 of floats', { float: undefined, base64: ['AACAPwAAAEAAAEBA'] }, 3],
    ['none at all', { float: [] }, undefined],
  ])('counts the dimensions of %s', (_, embeddings, dimensions) => {
    expect(cohere.read({ id: 'a', embeddings, meta: {} })?.embeddingDimensions).toBe(dimensions);
  });

  it('reads a new order: no tokens, the documents by their places and their scores', () => {
    expect(read('order')).toEqual({
      operation: 'retrieval',
      id: '9ca94863-3776-45e7-92fc-42a927df30cd',
      usage: { raw: { 'billed_units.search_units': 1 } },
      documents: [{ id: '1', score: 0.75809944 }],
    });
  });

  it('reads the same as the SDK spells it, and beside the raw response', () => {
    const calls = [{ id: 'a', type: 'function', function: { name: 'search', arguments: '{"firstPage":1}' } }];
    const wire = {
      id: 'm',
      message: { role: 'assistant', tool_plan: 'I will search.', tool_calls: calls },
      finish_reason: 'TOOL_CALL',
      usage: { billed_units: { input_tokens: 1, output_tokens: 2 }, tokens: { input_tokens: 3 }, cached_tokens: 4 },
    };
    const camel = {
      id: 'm',
      message: { role: 'assistant', toolPlan: 'I will search.', toolCalls: calls },
      finishReason: 'TOOL_CALL',
      usage: { billedUnits: { inputTokens: 1, outputTokens: 2 }, tokens: { inputTokens: 3 }, cachedTokens: 4 },
    };
    const expected = whole(wire);
    expect(expected).toMatchObject({ usage: { inputTokens: 1, cacheReadInputTokens: 4 } });
    expect(whole(camel)).toEqual(expected);
    expect(whole({ data: camel, rawResponse: {} })).toEqual(expected);
  });

  it('reads a request of v1', () => {
    const reading = readRequest(snapshot(fixture('cohere', 'old-weather', 'request')))?.reading;
    expect(reading?.request).toEqual({
      model: 'command-r',
      temperature: 0.2,
      maxTokens: 100,
      topK: 40,
      topP: 0.9,
      seed: 7,
      stopSequences: ['END'],
      frequencyPenalty: 0.1,
      presencePenalty: 0.3,
    });
    expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'You are a weather service.' }]);
    expect(reading?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Where was this taken?' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'I will locate it.' },
          { type: 'tool_call', name: 'locate', arguments: { fileId: 'file-7' } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', response: [{ cityName: 'Vienna' }] }] },
      { role: 'user', parts: [{ type: 'text', content: 'And what is it like there?' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'locate',
        description: 'Finds the place of a picture',
        parameters: { fileId: { type: 'str', required: true } },
      },
    ]);
  });

  it('reads a request of v2', () => {
    const body = {
      model: 'command-a-03-2025',
      maxTokens: 9,
      responseFormat: { type: 'json_object' },
      messages: [
        { role: 'user', content: 'Who?' },
        {
          role: 'assistant',
          toolPlan: 'I will search.',
          toolCalls: [{ id: 'a', function: { name: 'search', arguments: '{"query":"who"}' } }],
        },
        { role: 'tool', toolCallId: 'a', content: [{ type: 'document', document: { data: { shortTitle: 'Facts' } } }] },
      ],
    };
    const reading = readRequest(body, cohere)?.reading;
    expect(reading).toMatchObject({
      operation: 'chat',
      outputType: 'json',
      request: { model: 'command-a-03-2025', maxTokens: 9 },
    });
    expect(reading?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Who?' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'tool_plan', content: 'I will search.' },
          { type: 'tool_call', id: 'a', name: 'search', arguments: { query: 'who' } },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool_call_response',
            id: 'a',
            response: [{ type: 'document', document: { data: { shortTitle: 'Facts' } } }],
          },
        ],
      },
    ]);
  });

  it('reads what is to be embedded, and what is to be put in order', () => {
    const embed = readRequest(snapshot(fixture('cohere', 'books', 'request')))?.reading;
    expect(embed).toMatchObject({ request: { model: 'embed-v4.0', encodingFormats: ['float', 'int8'] } });
    expect(embed?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'a book about Vienna' }] },
      { role: 'user', parts: [{ type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'a book about Graz' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/graz.png' },
        ],
      },
    ]);
    const order = readRequest(fixture('cohere', 'order', 'request'))?.reading;
    const request = { model: 'rerank-v3.5', topK: 1 };
    expect(order).toMatchObject({ operation: 'retrieval', request, query: 'Vienna' });
    expect(order?.input?.()).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'a book about Graz' },
          { type: 'unknown', content: { title: 'a book about Vienna' } },
        ],
      },
    ]);
  });

  it.each<[string, object]>([
    ['a message', { message: 'Hi' }],
    ['a query', { query: 'Hi', documents: ['there'] }],
    ['texts', { texts: ['Hi'] }],
    ['a chat', { model: 'command-a-03-2025', messages: [] }],
  ])('takes %s only where the client or the answer tells that it is Cohere’s', (_, body) => {
    expect(cohere.request(body)).toBeUndefined();
    expect(cohere.request(body, true)?.operation).toMatch(/^(chat|embeddings|retrieval)$/);
  });

  it('takes no classification for embeddings', () => {
    expect(cohere.request({ model: 'embed-v4.0', inputs: ['Hi'], examples: [] }, true)).toBeUndefined();
  });

  it('does not take a choice of Chat Completions for an answer', () => {
    const choice = { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' };
    expect(readResponse(choice)).toBeUndefined();
  });

  it('says what had arrived of a stream of v1 that ended early', () => {
    const chunks = fixture('cohere', 'old-weather', 'stream').slice(0, -1);
    const fold = cohere.fold(chunks[0] ?? {});
    for (const chunk of chunks) fold?.add(chunk);
    const { output, ...reading } = fold?.read() ?? {};
    expect(reading).toEqual({ operation: 'chat' });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Let me look.' },
          { type: 'tool_call', name: 'weather', arguments: { cityName: 'Vienna' } },
        ],
        finish_reason: 'error',
      },
    ]);
  });

  it.each([
    ['v1', () => new CohereClient({ token: 'none' })],
    ['v2', () => new CohereClientV2({ token: 'none' })],
  ])('knows the client of %s', (_, create) => {
    const client = create();
    expect(providerOfClient(client)).toBe(cohere);
    expect(cohere.clientName?.(client)).toBe('cohere');
  });
});
