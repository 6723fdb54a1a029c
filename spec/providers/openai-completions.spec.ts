import { openaiCompletions } from '../../src/providers/openai-completions.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('openaiCompletions', () => {
  keepsTheProviderContract(openaiCompletions, 'openai-completions');

  it('reads a response', () => {
    const { output, ...reading } = openaiCompletions.read(fixture('openai-completions', 'names', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'text_completion',
      id: 'cmpl-1',
      model: 'gpt-3.5-turbo-instruct:20230824-v2',
      finishReasons: ['stop', 'length'],
      usage: { inputTokens: 8, outputTokens: 6, raw: { total_tokens: 14 } },
    });
    expect(output?.()).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: ' Waldi' }], finish_reason: 'stop' },
      { role: 'assistant', parts: [{ type: 'text', content: ' Minka the' }], finish_reason: 'length' },
    ]);
  });

  it('reads a request', () => {
    const reading = openaiCompletions.request(fixture('openai-completions', 'names', 'request'));
    expect(reading?.request).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      maxTokens: 12,
      choiceCount: 2,
      stopSequences: ['.', '\n'],
      temperature: 0.8,
    });
    expect(reading?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Name a dog:' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Name a cat:' }] },
    ]);
  });

  it('takes a prompt of tokens for one prompt, and a list of such for several', () => {
    const input = (prompt: unknown): unknown => openaiCompletions.request({ model: 'm', prompt })?.input?.();
    const tokens = (content: number[]): object => ({ role: 'user', parts: [{ type: 'tokens', content }] });
    expect(input([1, 2])).toEqual([tokens([1, 2])]);
    expect(input([[1], [2, 3]])).toEqual([tokens([1]), tokens([2, 3])]);
  });

  it.each(['dall-e-3', 'gpt-image-1', 'sora-2'])('does not take a picture by %s for a completion', (model) => {
    expect(openaiCompletions.request({ model, prompt: 'A cat' })).toBeUndefined();
  });

  it('does not take any list of choices for a completion', () => {
    expect(openaiCompletions.read({ choices: [{ text: 'Paris' }, { text: 'Rome' }] })).toBeUndefined();
  });
});
