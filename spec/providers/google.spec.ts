import type { Part } from '../../src/core/messages.js';
import type { ResponseReading } from '../../src/providers/provider.js';
import { google } from '../../src/providers/google.js';
import { providerOfClient, readRequest } from '../../src/providers/registry.js';
import { snapshot } from '../../src/core/snapshot.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('google', () => {
  keepsTheProviderContract(google, 'google');

  describe('of a response', () => {
    const reading = google.read(fixture('google', 'trip', 'response'));

    it('adds up the counts that Google keeps apart, and keeps its own', () => {
      const { output: _, ...rest } = reading ?? {};
      expect(rest).toEqual({
        operation: 'generate_content',
        id: 'resp_1',
        model: 'gemini-3-flash-preview-09-2026',
        finishReasons: ['STOP', 'MAX_TOKENS'],
        error: undefined,
        usage: {
          inputTokens: 130,
          outputTokens: 60,
          cacheReadInputTokens: 64,
          reasoningOutputTokens: 20,
          raw: {
            promptTokenCount: 100,
            candidatesTokenCount: 40,
            totalTokenCount: 190,
            toolUsePromptTokenCount: 30,
          },
        },
      });
    });

    it('has a message for each candidate, with all that it did', () => {
      expect(json(reading?.output?.())).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'I count the nights first.' },
            { type: 'text', content: 'Let me calculate.' },
            {
              type: 'server_tool_call',
              name: 'code_execution',
              server_tool_call: { type: 'code_execution', language: 'PYTHON', code: 'print(2 + 3)' },
            },
            {
              type: 'server_tool_call_response',
              server_tool_call_response: { type: 'code_execution', outcome: 'OUTCOME_OK', output: '5\n' },
            },
            { type: 'text', content: 'Five nights in Vienna.' },
            { type: 'tool_call', id: 'call_1', name: 'book', arguments: { nights: 5 } },
            { type: 'tool_call', name: 'book', arguments: { nights: 6 } },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
            {
              type: 'grounding',
              webSearchQueries: ['hotels in Vienna'],
              groundingChunks: [{ web: { uri: 'https://example.com/hotels', title: 'example.com' } }],
            },
          ],
          finish_reason: 'STOP',
        },
        { role: 'assistant', parts: [{ type: 'text', content: 'Six nights.' }], finish_reason: 'MAX_TOKENS' },
      ]);
    });

    it('says why a prompt was blocked, of which nothing was generated', () => {
      const blocked = google.read(fixture('google', 'blocked', 'response'));
      expect(blocked).toMatchObject({
        finishReasons: undefined,
        usage: { inputTokens: 9, raw: { totalTokenCount: 9 } },
      });
      expect(blocked?.usage).not.toHaveProperty('outputTokens');
      expect(blocked?.output?.()).toEqual([{ role: 'assistant', parts: [], finish_reason: 'PROHIBITED_CONTENT' }]);
    });

    it('says why an answer was blocked, of which there is nothing', () => {
      const blocked = google.read({ candidates: [{ content: {}, finishReason: 'SAFETY', safetyRatings: [] }] });
      expect(blocked).toMatchObject({ finishReasons: ['SAFETY'], usage: undefined });
      expect(blocked?.output?.()).toEqual([{ role: 'assistant', parts: [], finish_reason: 'SAFETY' }]);
    });

    it.each([
      ['no prompt', { candidatesTokenCount: 3, thoughtsTokenCount: 4 }, { outputTokens: 7, reasoningOutputTokens: 4 }],
      [
        'thoughts alone',
        { promptTokenCount: 3, thoughtsTokenCount: 4 },
        { inputTokens: 3, outputTokens: 4, reasoningOutputTokens: 4 },
      ],
      ['no output', { promptTokenCount: 3, toolUsePromptTokenCount: 2 }, { inputTokens: 5 }],
      ['tools alone', { toolUsePromptTokenCount: 2 }, {}],
    ])('invents no count of %s', (_, usageMetadata, counts) => {
      const usage = google.read({ candidates: [{ finishReason: 'STOP' }], usageMetadata })?.usage;
      expect({ ...usage, raw: undefined }).toEqual({ ...counts, raw: undefined });
    });

    it.each([
      ['a list of candidates for a post', { candidates: [{ name: 'Ada' }] }],
      ['a version of a model', { modelVersion: '2' }],
      ['a plan', { status: 'done', steps: [{ type: 'thought' }] }],
      ['embeddings of another shape', { embeddings: [[0.1]] }],
    ])('does not take %s for one', (_, value) => {
      expect(google.read(value)).toBeUndefined();
      expect(google.fold(value)).toBeUndefined();
    });
  });

  describe('of a stream', () => {
    const chunk = (parts: object[], rest: object = {}): object => ({
      candidates: [{ content: { role: 'model', parts }, ...rest }],
      responseId: 'resp_3',
    });

    it('keeps what had come when it ended early', () => {
      const reading = folded(chunk([{ text: 'Once ' }]), chunk([{ text: 'upon' }]));
      expect(reading).toMatchObject({ id: 'resp_3', finishReasons: undefined, usage: undefined });
      expect(reading?.output?.()).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: 'Once upon' }], finish_reason: 'error' },
      ]);
    });

    it('takes the last response for the answer where the SDK ran the tools itself', () => {
      const call = chunk([{ functionCall: { name: 'locate', args: {} } }], { finishReason: 'STOP' });
      const results = {
        candidates: [{ content: { role: 'user', parts: [{ functionResponse: { name: 'locate' } }] } }],
      };
      const answer = { ...chunk([{ text: 'Vienna.' }], { finishReason: 'STOP' }), responseId: 'resp_4' };
      const reading = folded(call, results, answer);
      expect(reading).toMatchObject({ id: 'resp_4', finishReasons: ['STOP'] });
      expect(partsOf(reading)).toEqual([{ type: 'text', content: 'Vienna.' }]);
    });

    it('makes one call of one whose arguments are streamed', () => {
      const call = { name: 'locate', willContinue: true };
      const piece = {
        partialArgs: [{ jsonPath: '$.place', stringValue: 'Vie', willContinue: true }],
        willContinue: true,
      };
      const parts = partsOf(
        folded(chunk([{ functionCall: call }]), chunk([{ functionCall: piece }]), chunk([{ functionCall: {} }])),
      );
      expect(json(parts)).toEqual([{ type: 'tool_call', name: 'locate' }]);
    });

    it('reads an error event of an interaction', () => {
      const error = { event_type: 'error', error: { code: 'resource_exhausted', message: 'Slow down.' } };
      expect(folded(error)?.error).toEqual({ type: 'resource_exhausted', message: 'Slow down.' });
    });
  });

  describe('of an interaction', () => {
    it('reads its steps as one message, without what the user said', () => {
      const { output, ...reading } = google.read(fixture('google', 'hike', 'response')) ?? {};
      expect(reading).toEqual({
        operation: 'generate_content',
        id: 'v1_1',
        model: 'gemini-3-flash-preview',
        finishReasons: ['requires_action'],
        error: undefined,
        usage: {
          inputTokens: 70,
          outputTokens: 60,
          cacheReadInputTokens: 0,
          reasoningOutputTokens: 30,
          raw: { total_tokens: 130, total_input_tokens: 60, total_output_tokens: 30, total_tool_use_tokens: 10 },
        },
      });
      expect(json(output?.())).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'A calculation will tell.' },
            {
              type: 'server_tool_call',
              id: 'code_1',
              name: 'code_execution',
              server_tool_call: {
                type: 'code_execution',
                arguments: { language: 'python', code: 'print(2995)' },
              },
            },
            {
              type: 'server_tool_call_response',
              id: 'code_1',
              server_tool_call_response: { type: 'code_execution', result: '2995' },
            },
            {
              type: 'server_tool_call',
              id: 'mcp_1',
              name: 'lookup',
              server_tool_call: { type: 'mcp_server_tool', server_name: 'maps', arguments: { name: 'Dachstein' } },
            },
            {
              type: 'server_tool_call_response',
              id: 'mcp_1',
              server_tool_call_response: {
                type: 'mcp_server_tool',
                name: 'lookup',
                server_name: 'maps',
                result: '2995 m',
              },
            },
            { type: 'text', content: 'It is 2,995 m high.' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
            { type: 'tool_call', id: 'call_2', name: 'remember', arguments: { metres: 2995 } },
          ],
          finish_reason: 'requires_action',
        },
      ]);
    });

    it('reads why one failed', () => {
      const failed = {
        object: 'interaction',
        id: 'v1_2',
        status: 'failed',
        errors: [{ code: 'internal', message: 'Oops.' }],
      };
      expect(google.read(failed)).toMatchObject({
        finishReasons: ['failed'],
        error: { type: 'internal', message: 'Oops.' },
      });
    });

    it('reads a request: neighbouring steps of one role are one message', () => {
      const reading = google.request(fixture('google', 'hike', 'request'));
      expect(reading).toMatchObject({
        operation: 'generate_content',
        outputType: 'text',
        request: {
          model: 'gemini-3-flash-preview',
          maxTokens: 256,
          temperature: 1,
          seed: 1,
          stopSequences: ['END'],
          stream: true,
        },
      });
      expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'You plan hikes.' }]);
      expect(json(reading?.input?.())).toEqual([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'How high is this mountain?' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
            { type: 'uri', modality: 'video', uri: 'https://example.com/hut.mp4' },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'It is the Dachstein.' },
            { type: 'tool_call', id: 'call_1', name: 'height_of', arguments: { mountain: 'Dachstein' } },
          ],
        },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 'call_1', name: 'height_of', response: '2,995 m' }],
        },
      ]);
      expect(reading?.toolDefinitions?.()).toEqual([
        { type: 'function', name: 'height_of', parameters: { type: 'object', properties: {} } },
        { type: 'google_search', name: 'google_search' },
      ]);
    });

    it.each([
      ['a text', 'Which mountain?'],
      ['a content', { type: 'text', text: 'Which mountain?' }],
      ['contents', [{ type: 'text', text: 'Which mountain?' }]],
      ['a turn', [{ role: 'user', content: 'Which mountain?' }]],
    ])('reads %s as input, through a client of Google’s', (_, input) => {
      expect(google.request({ model: 'm', input }, true)?.input?.()).toEqual([
        { role: 'user', parts: [{ type: 'text', content: 'Which mountain?' }] },
      ]);
      expect(google.request({ model: 'm', input })).toBeUndefined();
    });
  });

  describe('of a request', () => {
    it('reads what the SDK is given', () => {
      const reading = google.request(fixture('google', 'trip', 'request'));
      expect(reading).toMatchObject({
        operation: 'generate_content',
        outputType: 'json',
        request: {
          model: 'gemini-3-flash-preview',
          maxTokens: 1024,
          temperature: 0.5,
          topP: 0.8,
          topK: 40,
          frequencyPenalty: 0.2,
          presencePenalty: 0.1,
          stopSequences: ['END'],
          seed: 7,
          choiceCount: 2,
        },
      });
      expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'You plan journeys.' }]);
      expect(json(reading?.input?.())).toEqual([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Where is this?' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
            { type: 'blob', modality: 'document', mime_type: 'application/pdf', content: '', bytes: 6 },
            { type: 'uri', modality: 'video', mime_type: 'video/mp4', uri: 'https://example.com/roofs.mp4' },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'It looks like Vienna.' },
            { type: 'tool_call', name: 'locate', arguments: { file: 1 } },
          ],
        },
        {
          role: 'user',
          parts: [{ type: 'tool_call_response', name: 'locate', response: { output: 'Vienna' } }],
        },
      ]);
      expect(json(reading?.toolDefinitions?.())).toEqual([
        {
          type: 'function',
          name: 'locate',
          description: 'Finds a place',
          parameters: { type: 'object', properties: { file: { type: 'integer' } } },
        },
        {
          type: 'function',
          name: 'book',
          parameters: { type: 'object', properties: { nights: { type: 'integer' } } },
        },
        { type: 'googleSearch', name: 'googleSearch' },
        { type: 'codeExecution', name: 'codeExecution' },
      ]);
    });

    it('reads what the REST API is given, in either case', () => {
      const reading = google.request(fixture('google', 'rest', 'request'));
      expect(reading?.request).toEqual({ maxTokens: 64, topP: 1 });
      expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'Answer in one sentence.' }]);
      expect(reading?.input?.()).toEqual([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'What is it?' },
            { type: 'blob', modality: 'audio', mime_type: 'audio/mp3', content: '', bytes: 3 },
          ],
        },
      ]);
      expect(reading?.toolDefinitions?.()).toEqual([{ type: 'google_search', name: 'google_search' }]);
    });

    it.each([
      ['a text', 'Hello'],
      ['a part', { text: 'Hello' }],
      ['texts and parts', ['Hel', { text: 'lo' }]],
    ])('takes %s for one turn of the user’s', (_, contents) => {
      const [message, ...others] = google.request({ model: 'gemini-3', contents })?.input?.() ?? [];
      expect(others).toEqual([]);
      expect(message?.role).toBe('user');
      expect(message?.parts.map((part) => ('content' in part ? part.content : '')).join('')).toBe('Hello');
    });

    it('replaces inline media by its type and size, however long it is', () => {
      const data = 'iVBORw0KGgoAAAANSUhEUgAAAZAAAAEtCAYAAAAm6zZn'.repeat(40);
      const body = {
        model: 'm',
        contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data } }] }],
      };
      const parts = google.request(snapshot(body) as object)?.input?.()?.[0]?.parts;
      expect(parts).toEqual([{ type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 1320 }]);
      expect(JSON.stringify(parts)).not.toContain('iVBOR');
    });

    it('knows embeddings by what is asked for', () => {
      const reading = google.request(fixture('google', 'books', 'request'));
      expect(reading).toMatchObject({ operation: 'embeddings', request: { model: 'gemini-embedding-001' } });
      expect(reading?.input?.()).toEqual([
        { role: 'user', parts: [{ type: 'text', content: 'a book about Vienna' }] },
        { role: 'user', parts: [{ type: 'text', content: 'a book about Graz' }] },
      ]);
      expect(google.request({ model: 'm', contents: 'x', config: { taskType: 'CLUSTERING' } })?.operation).toBe(
        'embeddings',
      );
    });

    it.each([
      ['a file to be written', { path: 'a.txt', contents: 'text' }],
      ['OpenAI’s', { model: 'gpt-5', input: 'Hello' }],
      ['a prompt', { model: 'imagen-4', prompt: 'A cat' }],
    ])('is not for %s', (_, body) => {
      expect(google.request(body)).toBeUndefined();
      expect(readRequest(body)?.provider).not.toBe(google);
    });
  });

  describe('of embeddings', () => {
    it('adds up the tokens that Vertex AI counts for each', () => {
      expect(google.read(fixture('google', 'books', 'response'))).toEqual({
        operation: 'embeddings',
        usage: { inputTokens: 9 },
        embeddingDimensions: 4,
      });
    });

    it('reads what the REST API answers', () => {
      expect(google.read({ embedding: { values: [1, 2, 3] }, usageMetadata: { promptTokenCount: 2 } })).toEqual({
        operation: 'embeddings',
        usage: { inputTokens: 2 },
        embeddingDimensions: 3,
      });
      expect(google.read({ embeddings: [{ values: [1] }] })).toMatchObject({
        usage: undefined,
        embeddingDimensions: 1,
      });
    });
  });

  it.each([
    ['gcp.gemini', { clientOptions: {} }],
    ['gcp.vertex_ai', { clientOptions: { vertexai: true } }],
  ])('names %s by the client', (name, fields) => {
    const api = { ...fields, isVertexAI: () => true };
    for (const client of [{ apiClient: api }, { parentClient: api }]) {
      expect(providerOfClient(client)).toBe(google);
      expect(google.clientName?.(client)).toBe(name);
    }
  });
});

function folded(...chunks: object[]): ResponseReading | undefined {
  const fold = google.fold(chunks[0] ?? {});
  for (const chunk of chunks) fold?.add(chunk);
  return fold?.read();
}

function partsOf(reading: ResponseReading | undefined): Part[] | undefined {
  return reading?.output?.()?.[0]?.parts;
}

/** As it is written: without members that are undefined. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
