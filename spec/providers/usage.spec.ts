import { overlayUsage, readUsage, type CountNames } from '../../src/providers/usage.js';

const NAMES: CountNames = {
  input: 'inputTokens',
  details: { cached: 'cacheReadInputTokens' },
  hits: 'cacheReadInputTokens',
};

describe('readUsage', () => {
  it('keeps every number without a convention under its own name, nested ones joined by dots', () => {
    const usage = {
      input: 3,
      total: 9,
      details: { cached: 1, audio: { seconds: 0.5 } },
      tier: 'default',
      list: [{ a: 1 }],
    };
    expect(readUsage(usage, NAMES)).toEqual({
      inputTokens: 3,
      cacheReadInputTokens: 1,
      raw: { total: 9, 'details.audio.seconds': 0.5 },
    });
  });

  it('takes no number that counts nothing', () => {
    expect(readUsage({ input: -1, total: -2, cost: NaN, hits: 3 }, NAMES)).toEqual({ cacheReadInputTokens: 3 });
  });

  it('keeps a 0 that was sent and invents none', () => {
    expect(readUsage({ input: 0, details: null }, NAMES)).toEqual({ inputTokens: 0 });
  });

  it.each([undefined, null, 'x', [], {}, { details: {} }, { tier: 'default' }])('reads nothing from %j', (usage) => {
    expect(readUsage(usage, NAMES)).toBeUndefined();
  });

  it('takes a count once where it is sent under two names, and keeps the other if they differ', () => {
    expect(readUsage({ details: { cached: 4 }, hits: 4 }, NAMES)).toEqual({ cacheReadInputTokens: 4 });
    expect(readUsage({ details: { cached: 4 }, hits: 5 }, NAMES)).toEqual({
      cacheReadInputTokens: 4,
      raw: { hits: 5 },
    });
  });

  it('stops where a usage refers to itself', () => {
    const usage: Record<string, unknown> = { input: 1 };
    usage['self'] = usage;
    expect(readUsage(usage, NAMES)).toMatchObject({ inputTokens: 1 });
  });
});

describe('overlayUsage', () => {
  it('lets the later numbers win, one by one', () => {
    expect(overlayUsage({ inputTokens: 1, raw: { a: 1, b: 1 } }, { outputTokens: 2, raw: { b: 3 } })).toEqual({
      inputTokens: 1,
      outputTokens: 2,
      raw: { a: 1, b: 3 },
    });
    expect(overlayUsage(undefined, { inputTokens: 1 })).toEqual({ inputTokens: 1 });
    expect(overlayUsage({ inputTokens: 1 }, undefined)).toEqual({ inputTokens: 1 });
  });
});
