import { ollama } from '../../src/providers/ollama.js';
import { readRequest } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

const COUNTS = {
  inputTokens: 21,
  outputTokens: 9,
  raw: { total_duration: 900, load_duration: 100, prompt_eval_duration: 200, eval_duration: 600 },
};

describe('ollama', () => {
  keepsTheProviderContract(ollama, 'ollama');

  it('reads a chat: tool calls without an id stay apart', () => {
    const { output, ...reading } = ollama.read(fixture('ollama', 'sums', 'response')) ?? {};
    expect(reading).toEqual({ operation: 'chat', model: 'qwen3:8b', finishReasons: ['stop'], usage: COUNTS });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Two sums.' },
          { type: 'text', content: 'Let me add.' },
          { type: 'tool_call', name: 'add', arguments: { a: 1, b: 2 } },
          { type: 'tool_call', name: 'add', arguments: { a: 3, b: 4 } },
        ],
        finish_reason: 'stop',
      },
    ]);
  });

  it('reads a request for a chat', () => {
    const reading = ollama.request(fixture('ollama', 'sums', 'request'));
    expect(reading).toMatchObject({ operation: 'chat', outputType: 'json' });
    expect(reading?.request).toEqual({
      model: 'qwen3:8b',
      maxTokens: 128,
      temperature: 0.2,
      topP: 0.9,
      topK: 20,
      seed: 7,
      stopSequences: ['END'],
      stream: true,
    });
    expect(reading?.systemInstructions?.()).toBeUndefined();
    expect(reading?.input?.()).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You add.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Add these.' },
          { type: 'blob', modality: 'image', content: '', bytes: 8 },
          { type: 'uri', modality: 'image', uri: './sums.png' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'A tool.' },
          { type: 'tool_call', name: 'add', arguments: { a: 1, b: 2 } },
        ],
      },
      { role: 'tool', name: 'add', parts: [{ type: 'tool_call_response', response: '3' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      { type: 'function', name: 'add', description: 'Adds', parameters: { type: 'object' } },
    ]);
  });

  it('reads a completion and its request', () => {
    const { output, ...reading } = ollama.read(fixture('ollama', 'joke', 'response')) ?? {};
    expect(reading).toEqual({ operation: 'text_completion', model: 'llama3', finishReasons: ['stop'], usage: COUNTS });
    expect(output?.()).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Why not?' }], finish_reason: 'stop' },
    ]);
    const asked = ollama.request(fixture('ollama', 'joke', 'request'));
    expect(asked).toMatchObject({ operation: 'text_completion', outputType: undefined });
    expect(asked?.request).toEqual({ model: 'llama3' });
    expect(asked?.systemInstructions?.()).toEqual([{ type: 'text', content: 'Be funny.' }]);
    expect(asked?.input?.()).toEqual([{ role: 'user', parts: [{ type: 'text', content: 'Tell a joke' }] }]);
  });

  it('reads embeddings and their request', () => {
    expect(ollama.read(fixture('ollama', 'books', 'response'))).toEqual({
      operation: 'embeddings',
      model: 'nomic-embed-text',
      usage: { inputTokens: 4, raw: { total_duration: 900, load_duration: 100 } },
      embeddingDimensions: 3,
    });
    expect(ollama.request(fixture('ollama', 'books', 'request'))).toMatchObject({ operation: 'embeddings' });
  });

  it('invents no count that a server left out', () => {
    const answer = { model: 'llama3', message: { role: 'assistant', content: 'Hi' }, done: true, eval_count: 2 };
    expect(ollama.read(answer)?.usage).toEqual({ outputTokens: 2 });
  });

  it('leaves a request that could be anyone’s to others, unless it is certain', () => {
    const body = { model: 'llama3', messages: [{ role: 'user', content: 'Hi' }] };
    expect(ollama.request(body)).toBeUndefined();
    expect(readRequest(body, ollama)?.provider).toBe(ollama);
  });

  it('knows its client', () => {
    const client = { config: { host: 'http://127.0.0.1:11434' }, generate: () => undefined };
    expect(ollama.client?.(client)).toBe(true);
    expect(ollama.client?.({ config: {}, generate: () => undefined })).toBe(false);
  });
});
