import { readOutputType, readParameters } from '../../src/providers/request-parameters.js';

describe('readParameters', () => {
  it('reads each name of the token limit', () => {
    expect(readParameters({ max_tokens: 1 })).toEqual({ maxTokens: 1 });
    expect(readParameters({ max_output_tokens: 2 })).toEqual({ maxTokens: 2 });
    expect(readParameters({ max_completion_tokens: 3, max_tokens: 1 })).toEqual({ maxTokens: 3 });
  });

  it('says a number of choices only if it is not 1, and a stream only if there is one', () => {
    expect(readParameters({ n: 1, stream: false })).toEqual({});
    expect(readParameters({ n: 3, stream: true })).toEqual({ choiceCount: 3, stream: true });
  });

  it('has no member for what is missing or of another type', () => {
    const body = { model: 7, temperature: null, top_p: '1', top_k: NaN, stop: [], stop_sequences: [1, 'x'], seed: {} };
    expect(Object.keys(readParameters(body))).toEqual(['model']);
    expect(readParameters({ stop_sequences: [1, 'x'] })).toEqual({ stopSequences: ['x'] });
  });
});

describe('readOutputType', () => {
  it.each([
    [{ type: 'json_schema' }, 'json'],
    [{ type: 'json_object' }, 'json'],
    [{ type: 'text' }, 'text'],
    [{ type: 'grammar' }, undefined],
    ['json', undefined],
    [undefined, undefined],
  ])('%j', (format, type) => {
    expect(readOutputType(format)).toBe(type);
  });
});
