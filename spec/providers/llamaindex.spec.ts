import { OpenAI } from '@llamaindex/openai';
import { snapshot } from '../../src/core/snapshot.js';
import { llamaindex } from '../../src/providers/llamaindex.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import type { Fold } from '../../src/providers/provider.js';
import { providerOfClient } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('llamaindex', () => {
  keepsTheProviderContract(llamaindex, 'llamaindex');

  it('reads the answer of the provider that it holds', () => {
    const { output, ...reading } = llamaindex.read(fixture('llamaindex', 'weather', 'response')) ?? {};
    const own = openaiChat.read(fixture('openai-chat', 'weather', 'response'));
    expect({ ...reading, output: output?.() }).toEqual({ ...own, provider: 'openai', output: own?.output?.() });
  });

  it('reads its own messages and chunks where it does not know the provider’s', () => {
    const expected = [
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Let me look.' },
          { type: 'tool_call', id: 'call_3', name: 'weather', arguments: { city: 'Vienna' } },
        ],
        finish_reason: 'error',
      },
    ];
    const reading = llamaindex.read(fixture('llamaindex', 'answer', 'response'));
    expect(reading?.output?.()).toEqual(expected);
    expect(reading?.usage).toBeUndefined();
    const chunks = fixture('llamaindex', 'answer', 'stream');
    const fold = llamaindex.fold(chunks[0] ?? {}) as Fold;
    for (const chunk of chunks) fold.add(chunk);
    expect(fold.read().output?.()).toEqual(expected);
  });

  it('reads a request, with the parameters of its model', () => {
    const reading = llamaindex.request(snapshot(fixture('llamaindex', 'weather', 'request')) as object);
    expect(reading).toMatchObject({
      operation: 'chat',
      outputType: 'json',
      request: { temperature: 0.2, topP: 1, maxTokens: 64, seed: 3, stream: true },
    });
    expect(reading?.input?.()).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Like here?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
        ],
      },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_3', name: 'weather', arguments: { city: 'Vienna' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_3', response: 'sunny' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      { type: 'function', name: 'weather', description: 'Tells the weather', parameters: { type: 'object' } },
    ]);
  });

  it('knows a model, and who answers it', () => {
    const model = new OpenAI({ model: 'gpt-4.1-mini', apiKey: 'k' });
    expect(providerOfClient(model)).toBe(llamaindex);
    expect(llamaindex.clientName?.(model)).toBe('openai');
    expect(llamaindex.clientModel?.(model)).toBe('gpt-4.1-mini');
    const other = new OpenAI({ apiKey: 'k', baseURL: 'https://api.deepseek.com' });
    expect(llamaindex.clientName?.(other)).toBe('deepseek');
  });
});
