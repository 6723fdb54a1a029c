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
    for (let count = 0; count < 50; count++) text.add('x'.repeat(1000));
    text.add('more');
    expect(text.read()).toBe('x'.repeat(longest));
  });
});
