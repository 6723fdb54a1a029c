import { openaiEmbeddings } from '../../src/providers/openai-embeddings.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('openaiEmbeddings', () => {
  keepsTheProviderContract(openaiEmbeddings, 'openai-embeddings');

  it('reads a response', () => {
    expect(openaiEmbeddings.read(fixture('openai-embeddings', 'books', 'response'))).toEqual({
      operation: 'embeddings',
      model: 'text-embedding-3-small',
      usage: { inputTokens: 10, raw: { total_tokens: 10 } },
      embeddingDimensions: 4,
    });
  });

  it.each([
    ['base64 of floats', 'AACAPwAAAEAAAEBA', 3],
    ['a typed array', new Float32Array(5), 5],
    ['what it does not know', { sparse: true }, undefined],
  ])('counts the dimensions of %s', (_, embedding, dimensions) => {
    const list = { object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: 'm' };
    expect(openaiEmbeddings.read(list)?.embeddingDimensions).toBe(dimensions);
  });

  it('has no output tokens, whatever a server says (Mistral)', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 };
    const list = { object: 'list', data: [{ embedding: [1] }], usage };
    expect(openaiEmbeddings.read(list)?.usage).toEqual({
      inputTokens: 3,
      raw: { completion_tokens: 0, total_tokens: 3 },
    });
  });

  it('reads a request, each input a message', () => {
    const reading = openaiEmbeddings.request(fixture('openai-embeddings', 'books', 'request'));
    expect(reading?.request).toEqual({ model: 'text-embedding-3-small', encodingFormats: ['float'] });
    expect(reading?.input?.()).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'a book about Vienna' }] },
      { role: 'user', parts: [{ type: 'text', content: 'a book about Graz' }] },
    ]);
  });
});
