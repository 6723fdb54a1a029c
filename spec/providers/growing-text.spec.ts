import { settings } from '../../src/core/settings.js';
import { GrowingText } from '../../src/providers/growing-text.js';

describe('GrowingText', () => {
  it('joins its pieces, and takes nothing that is no text', () => {
    const text = new GrowingText();
    for (const piece of ['a', '', undefined, null, 7, 'b', '✓']) text.add(piece);
    expect(text.read()).toBe('ab✓');
  });

  it('ends at what can be recorded, with room for a secret that straddles the cut', () => {
    const longest = settings().limits.valueBytes + 4096;
    const text = new GrowingText();
    for (let count = 0; count < 50; count++) text.add('xy '.repeat(500));
    text.add('more');
    expect(text.read()).toBe('xy '.repeat(longest / 3));
  });

  it('leaves no half of a secret that came in pieces at its end', () => {
    const longest = settings().limits.valueBytes + 4096;
    const text = new GrowingText();
    text.add('x '.repeat(longest / 2 - 10));
    for (const piece of 'sk-QzXj7QzXj7QzXj7QzXj7'.match(/.{1,3}/g) ?? []) text.add(piece);
    expect(text.read()).toMatch(/^(?:x )+$/);
  });
});
