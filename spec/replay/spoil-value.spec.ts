import { Random } from './random.js';
import { spoilValue } from './spoil-value.js';

const VALUE = { id: 'c', usage: { tokens: 3 }, choices: [{ text: 'a' }, { text: 'b' }] };

const spoilt = Array.from({ length: 500 }, (_, index) => spoilValue(VALUE, new Random(String(index))));

describe('spoilValue', () => {
  it('leaves the value itself as it is', () => {
    expect(VALUE).toEqual({ id: 'c', usage: { tokens: 3 }, choices: [{ text: 'a' }, { text: 'b' }] });
  });

  it('spoils members at every depth, in every way', () => {
    const changes = new Set(spoilt.map(({ change }) => change));
    for (const place of ['.id', '.usage', '.usage.tokens', '.choices', '.choices.1', '.choices.1.text']) {
      for (const way of ['dropped', 'is null', 'of another type', 'is an odd number', 'is junk', 'doubled']) {
        expect(changes).toContain(`${place} ${way}`);
      }
    }
  });

  it('says what it did', () => {
    const valueOf = (change: string): unknown => spoilt.find((one) => one.change === change)?.value;
    expect(valueOf('.usage dropped')).toEqual({ id: 'c', choices: VALUE.choices });
    expect(valueOf('.usage.tokens of another type')).toEqual({ ...VALUE, usage: { tokens: '3' } });
    expect(valueOf('.choices of another type')).toEqual({ ...VALUE, choices: { 0: { text: 'a' }, 1: { text: 'b' } } });
    expect(valueOf('.choices.0 doubled')).toEqual({ ...VALUE, choices: [{ text: 'a' }, { text: 'a' }, { text: 'b' }] });
    expect(valueOf('.id doubled')).toEqual({ ...VALUE, usage: 'c' });
  });

  it('does the same for the same seed', () => {
    expect(spoilValue(VALUE, new Random('seed'))).toEqual(spoilValue(VALUE, new Random('seed')));
  });
});
