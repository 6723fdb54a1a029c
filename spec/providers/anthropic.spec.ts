import { anthropic } from '../../src/providers/anthropic.js';
import type { ResponseReading } from '../../src/providers/provider.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('anthropic', () => {
  keepsTheProviderContract(anthropic, 'anthropic');

  it('reads a response: its input tokens include those of the cache, its own count stays beside them', () => {
    const { output, ...reading } = anthropic.read(fixture('anthropic', 'travel', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      id: 'msg_1',
      model: 'claude-sonnet-5-20260101',
      finishReasons: ['tool_use'],
      usage: {
        inputTokens: 150,
        outputTokens: 60,
        cacheReadInputTokens: 100,
        cacheCreationInputTokens: 30,
        reasoningOutputTokens: 9,
        raw: {
          input_tokens: 20,
          'cache_creation.ephemeral_5m_input_tokens': 30,
          'cache_creation.ephemeral_1h_input_tokens': 0,
          'server_tool_use.web_search_requests': 1,
        },
      },
    });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'A search, then a plan.' },
          {
            type: 'server_tool_call',
            id: 'srvtoolu_1',
            name: 'web_search',
            server_tool_call: { type: 'web_search', input: { query: 'trains to Graz' } },
          },
          {
            type: 'server_tool_call_response',
            id: 'srvtoolu_1',
            server_tool_call_response: {
              type: 'web_search',
              content: [{ type: 'web_search_result', title: 'ÖBB', url: 'https://example.com' }],
            },
          },
          { type: 'text', content: 'I will book it.' },
          { type: 'tool_call', id: 'toolu_2', name: 'book', arguments: { from: 'Wien', to: 'Graz' } },
          { type: 'tool_call', id: 'toolu_3', name: 'now', arguments: {} },
        ],
        finish_reason: 'tool_use',
      },
    ]);
  });

  it('reads a request', () => {
    const reading = anthropic.request(fixture('anthropic', 'travel', 'request'));
    expect(reading).toMatchObject({
      operation: 'chat',
      outputType: 'json',
      request: {
        model: 'claude-sonnet-5',
        maxTokens: 1024,
        temperature: 0.5,
        topP: 0.8,
        topK: 40,
        stopSequences: ['END'],
        stream: true,
      },
    });
    expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'You plan journeys.' }]);
    expect(reading?.input?.()).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Where is this?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
          { type: 'uri', modality: 'image', uri: 'https://example.com/roofs.png' },
          { type: 'file', modality: 'document', file_id: 'file_1' },
          { type: 'text', content: 'Some notes.' },
          {
            type: 'search_result',
            source: 'https://example.com',
            title: 'Vienna',
            content: [{ type: 'text', text: 'A city.' }],
          },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'It looks like Vienna.' },
          { type: 'redacted_thinking' },
          { type: 'tool_call', id: 'toolu_1', name: 'locate', arguments: { file: 'file_1' } },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            type: 'tool_call_response',
            id: 'toolu_1',
            response: [{ type: 'text', content: 'no such file' }],
            is_error: true,
          },
          { type: 'tool_call_response', id: 'toolu_0', response: '48.2,16.4' },
        ],
      },
      { role: 'assistant', parts: [{ type: 'text', content: 'Then' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'locate',
        description: 'Finds the place of a picture',
        parameters: { type: 'object', properties: { file: { type: 'string' } } },
      },
      { type: 'web_search_20250305', name: 'web_search' },
    ]);
  });

  it('takes system instructions that are a text, and a request without any', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    expect(anthropic.request({ system: 'Be brief.', messages })?.systemInstructions?.()).toEqual([
      { type: 'text', content: 'Be brief.' },
    ]);
    expect(anthropic.request({ messages })?.systemInstructions?.()).toBeUndefined();
  });

  it('does not take an output item of the Responses API for a message', () => {
    const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }], id: 'msg_1' };
    expect(anthropic.read(item)).toBeUndefined();
  });

  describe('of a stream', () => {
    const start = {
      type: 'message_start',
      message: {
        id: 'msg_1',
        model: 'claude',
        role: 'assistant',
        content: [],
        usage: { input_tokens: 7, output_tokens: 1 },
      },
    };
    const text = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    const delta = (piece: string): object => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: piece },
    });

    function folded(...events: object[]): ResponseReading | undefined {
      const fold = anthropic.fold(events[0] ?? {});
      for (const event of events) fold?.add(event);
      return fold?.read();
    }

    it('keeps what had come when it ended early', () => {
      const reading = folded(start, text, delta('Once '), delta('upon'));
      expect(reading).toMatchObject({
        id: 'msg_1',
        model: 'claude',
        finishReasons: undefined,
        usage: { inputTokens: 7, outputTokens: 1 },
      });
      expect(reading?.output?.()).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: 'Once upon' }], finish_reason: 'error' },
      ]);
    });

    it('overlays the counts of the start with those of the end, null members apart', () => {
      const usage = { input_tokens: null, cache_read_input_tokens: 5, output_tokens: 40 };
      const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage };
      expect(folded(start, end)?.usage).toEqual({
        inputTokens: 12,
        outputTokens: 40,
        cacheReadInputTokens: 5,
        raw: { input_tokens: 7 },
      });
    });

    it('keeps the input of a tool as text when it was cut off', () => {
      const block = { type: 'tool_use', id: 'toolu_1', name: 'book', input: {} };
      const reading = folded(
        start,
        { type: 'content_block_start', index: 0, content_block: block },
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"from":"Wi' } },
      );
      expect(reading?.output?.()?.[0]?.parts).toEqual([
        { type: 'tool_call', id: 'toolu_1', name: 'book', arguments: '{"from":"Wi' },
      ]);
    });

    it('reads an error event, be it the first', () => {
      const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
      expect(folded(start, error)?.error).toEqual({ type: 'overloaded_error', message: 'Overloaded' });
      expect(folded(error)?.error).toEqual({ type: 'overloaded_error', message: 'Overloaded' });
    });
  });
});
