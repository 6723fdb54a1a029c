import type { Part } from '../../src/core/messages.js';
import { openaiResponses } from '../../src/providers/openai-responses.js';
import type { ResponseReading } from '../../src/providers/provider.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('openaiResponses', () => {
  keepsTheProviderContract(openaiResponses, 'openai-responses');

  it('reads a response: one message, whatever its items', () => {
    const { output, ...reading } = openaiResponses.read(fixture('openai-responses', 'research', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      id: 'resp_1',
      model: 'gpt-5-2025-08-07',
      finishReasons: ['completed'],
      usage: {
        inputTokens: 300,
        outputTokens: 80,
        cacheReadInputTokens: 128,
        reasoningOutputTokens: 30,
        raw: { total_tokens: 380 },
      },
    });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'A search will tell.' },
          { type: 'reasoning', content: 'Then answer.' },
          {
            type: 'server_tool_call',
            id: 'ws_1',
            name: 'web_search',
            server_tool_call: { type: 'web_search', action: { type: 'search', query: 'Dachstein height' } },
          },
          {
            type: 'server_tool_call',
            id: 'ci_1',
            name: 'code_interpreter',
            server_tool_call: { type: 'code_interpreter', code: '2995', container_id: 'cntr_1' },
          },
          {
            type: 'server_tool_call_response',
            id: 'ci_1',
            server_tool_call_response: { type: 'code_interpreter', outputs: [{ type: 'logs', logs: '2995' }] },
          },
          {
            type: 'server_tool_call',
            id: 'mcp_1',
            name: 'lookup',
            server_tool_call: { type: 'mcp', server_label: 'maps', arguments: { name: 'Dachstein' } },
          },
          {
            type: 'server_tool_call_response',
            id: 'mcp_1',
            server_tool_call_response: { type: 'mcp', output: '2995 m' },
          },
          { type: 'text', content: 'The Dachstein is 2,995 m high.' },
          { type: 'refusal', content: 'I cannot plan the climb.' },
          { type: 'tool_call', id: 'call_3', name: 'remember', arguments: { metres: 2995 } },
          { type: 'tool_call', id: 'call_4', name: 'note', arguments: 'done' },
        ],
        finish_reason: 'completed',
      },
    ]);
  });

  it('reads a background response that has not begun', () => {
    const reading = openaiResponses.read(fixture('openai-responses', 'queued', 'response'));
    expect(reading).toMatchObject({ id: 'resp_2', finishReasons: ['queued'], usage: undefined });
    expect(reading?.output?.()).toBeUndefined();
  });

  it('names why a response is incomplete, or what it failed of', () => {
    const response = { object: 'response', id: 'resp_3', model: 'm', output: [] };
    const details = { reason: 'max_output_tokens' };
    expect(
      openaiResponses.read({ ...response, status: 'incomplete', incomplete_details: details })?.finishReasons,
    ).toEqual(['max_output_tokens']);
    const error = { code: 'server_error', message: 'The model crashed.' };
    expect(openaiResponses.read({ ...response, status: 'failed', error })).toMatchObject({
      finishReasons: ['failed'],
      error: { type: 'server_error', message: 'The model crashed.' },
    });
  });

  it('keeps pictures out of the output', () => {
    const result = 'iVBORw0KGgoAAAANSUhEUgAAAZAAAAEtCAYAAAAm6zZn+/'.repeat(40);
    const output = [
      { type: 'image_generation_call', id: 'ig_1', status: 'completed', revised_prompt: 'A cat', result },
    ];
    const parts = openaiResponses.read({ object: 'response', status: 'completed', output })?.output?.()?.[0]?.parts;
    expect(JSON.parse(JSON.stringify(parts))).toEqual([
      {
        type: 'server_tool_call',
        id: 'ig_1',
        name: 'image_generation',
        server_tool_call: { type: 'image_generation', revised_prompt: 'A cat' },
      },
      {
        type: 'server_tool_call_response',
        id: 'ig_1',
        server_tool_call_response: { type: 'image_generation', result: { type: 'blob', bytes: 1380 } },
      },
    ]);
  });

  it('reads a request: what the model did between two turns is one message', () => {
    const reading = openaiResponses.request(fixture('openai-responses', 'research', 'request'));
    expect(reading).toMatchObject({
      outputType: 'text',
      request: { model: 'gpt-5', maxTokens: 800, temperature: 1, topP: 1, stream: true },
    });
    expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'Answer in one sentence.' }]);
    expect(reading?.input?.()).toEqual([
      { role: 'developer', parts: [{ type: 'text', content: 'Prefer primary sources.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'How high is the mountain on this picture?' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/mountain.jpg' },
          { type: 'file', modality: 'image', file_id: 'file-1' },
          { type: 'blob', modality: 'document', mime_type: 'application/pdf', content: '', bytes: 5 },
          { type: 'uri', modality: 'document', uri: 'https://example.com/guide.pdf' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Find out which one it is.' },
          { type: 'tool_call', id: 'call_1', name: 'identify', arguments: { image: 'file-1' } },
          { type: 'tool_call', id: 'call_2', name: 'note', arguments: 'looks like Dachstein' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'Dachstein' }] },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: 'call_2', response: [{ type: 'text', content: 'noted' }] }],
      },
      { role: 'assistant', parts: [{ type: 'item_reference', id: 'msg_0' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'identify',
        description: 'Names a mountain',
        parameters: { type: 'object', properties: { image: { type: 'string' } } },
      },
      { type: 'custom', name: 'note' },
      { type: 'web_search', name: 'web_search' },
      { type: 'mcp', name: 'maps' },
    ]);
  });

  it('reads a request whose prompt the provider stores', () => {
    const request = fixture('openai-responses', 'stored', 'request') as { prompt: object };
    expect(openaiResponses.request(request)?.input?.()).toEqual([
      { role: 'user', parts: [{ ...request.prompt, type: 'prompt' }] },
    ]);
  });

  it.each([
    ['a list of texts', { input: ['a', 'b'] }],
    ['a list of tokens', { input: [1, 2] }],
    ['a form of the answer', { input: 'a', encoding_format: 'base64' }],
    ['the name of the model', { input: 'a', model: 'text-embedding-3-small' }],
    ['a voice', { input: 'a', model: 'gpt-4o-mini-tts', voice: 'alloy' }],
    ['a moderation', { input: 'a', model: 'omni-moderation-latest' }],
    ['messages', { input: 'a', messages: [] }],
  ])('knows by %s that a request is not for it', (_, body) => {
    expect(openaiResponses.request({ model: 'm', ...body })).toBeUndefined();
  });

  describe('of a stream', () => {
    const created = {
      type: 'response.created',
      sequence_number: 0,
      response: { id: 'resp_1', model: 'm', status: 'in_progress', output: [] },
    };

    function folded(...events: object[]): ResponseReading | undefined {
      const fold = openaiResponses.fold(events[0] ?? {});
      for (const event of events) fold?.add(event);
      return fold?.read();
    }

    const partsOf = (...events: object[]): Part[] | undefined => folded(...events)?.output?.()?.[0]?.parts;

    it('joins what had come when it ended early', () => {
      const reading = folded(
        created,
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { type: 'message', role: 'assistant', content: [] },
        },
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Once ' },
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'upon' },
      );
      expect(reading).toMatchObject({ id: 'resp_1', model: 'm', finishReasons: undefined, usage: undefined });
      expect(reading?.output?.()).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: 'Once upon' }], finish_reason: 'error' },
      ]);
    });

    it('joins the deltas of an item that nothing announced', () => {
      expect(
        partsOf(
          created,
          { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'Hm.' },
          { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"a":1}' },
        ),
      ).toEqual([
        { type: 'reasoning', content: 'Hm.' },
        { type: 'tool_call', name: '', arguments: { a: 1 } },
      ]);
    });

    it('prefers what the last event says of the whole', () => {
      const output = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'whole' }] }];
      const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
      const final = { id: 'resp_1', model: 'm-2', status: 'completed', output, usage };
      const reading = folded(
        created,
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'part' },
        { type: 'response.completed', response: final },
      );
      expect(reading).toMatchObject({ model: 'm-2', finishReasons: ['completed'] });
      expect(reading?.usage).toEqual({ inputTokens: 1, outputTokens: 2, raw: { total_tokens: 3 } });
      expect(reading?.output?.()?.[0]?.parts).toEqual([{ type: 'text', content: 'whole' }]);
    });

    it('reads a failure, and an error event', () => {
      const error = { code: 'rate_limit_exceeded', message: 'Slow down.' };
      const failed = { type: 'response.failed', response: { id: 'resp_1', status: 'failed', output: [], error } };
      expect(folded(created, failed)).toMatchObject({
        finishReasons: ['failed'],
        error: { type: 'rate_limit_exceeded', message: 'Slow down.' },
      });
      const event = { type: 'error', code: 'server_error', message: 'Oops.', param: null, sequence_number: 1 };
      expect(folded(event)?.error).toEqual({ type: 'server_error', message: 'Oops.' });
    });
  });
});
