import { Media } from '../../src/core/media.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/core/settings.js';
import { snapshot } from '../../src/core/snapshot.js';

const limits = (over: Partial<Limits> = {}): Limits => ({ ...DEFAULT_LIMITS, ...over });

describe('a snapshot', () => {
  it('copies containers and shares texts, so that later changes cannot leak in', () => {
    const value = { list: [{ text: 'a' }], map: new Map([['k', 1]]), set: new Set([1, 2]) };
    const copy = snapshot(value);
    value.list.push({ text: 'b' });
    value.map.set('k', 2);
    expect(copy).toEqual({ list: [{ text: 'a' }], map: { k: 1 }, set: [1, 2] });
  });

  it('renders what JSON cannot, by its meaning', () => {
    class Point {
      constructor(readonly x: number) {}
      get hidden(): number {
        throw new Error('a getter of the prototype is not touched');
      }
    }
    expect(
      snapshot({
        big: 10n,
        symbol: Symbol('s'),
        nan: NaN,
        infinite: -Infinity,
        date: new Date(0),
        bad: new Date(NaN),
        expression: /a+/g,
        url: new URL('https://example.com/x'),
        error: new TypeError('wrong', { cause: new Error('why') }),
        point: new Point(1),
        json: { toJSON: () => 'own' },
        instance: new (class Money {
          toJSON() {
            return '5 EUR';
          }
        })(),
        fn: function named() {},
        promise: Promise.resolve(1),
        bytes: new Uint8Array(5),
        buffer: Buffer.from('abc'),
        nothing: undefined,
        nil: null,
        mapOfObjects: new Map([[{ a: 1 }, 2]]),
      }),
    ).toEqual({
      big: '10',
      symbol: 'Symbol(s)',
      nan: 'NaN',
      infinite: '-Infinity',
      date: '1970-01-01T00:00:00.000Z',
      bad: 'Invalid Date',
      expression: '/a+/g',
      url: 'https://example.com/x',
      error: { name: 'TypeError', message: 'wrong', cause: { name: 'Error', message: 'why' } },
      point: { x: 1 },
      json: { toJSON: '[Function: toJSON]' },
      instance: '5 EUR',
      fn: '[Function: named]',
      promise: '[Promise]',
      bytes: new Media(undefined, 5),
      buffer: new Media(undefined, 3),
      nothing: undefined,
      nil: null,
      mapOfObjects: [[{ a: 1 }, 2]],
    });
  });

  it('survives cycles, throwing getters, proxies and depth', () => {
    const cycle: Record<string, unknown> = { name: 'x' };
    cycle['self'] = cycle;
    expect(snapshot(cycle)).toEqual({ name: 'x', self: '[circular]' });
    const shared = { a: 1 };
    expect(snapshot([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);

    const throwing = {
      before: 1,
      get broken(): never {
        throw new RangeError('no');
      },
      after: [{ deep: 2 }],
    };
    expect(snapshot(throwing)).toEqual({ before: 1, broken: '[throws: RangeError]', after: [{ deep: 2 }] });
    const hostile = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('trap');
        },
      },
    );
    expect(snapshot({ hostile, fine: 1 })).toEqual({ hostile: '[throws: Error]', fine: 1 });
    expect(snapshot(hostile)).toBe('[throws: Error]');

    let nested: unknown = 'bottom';
    for (let depth = 0; depth < 10_000; depth++) nested = { nested };
    expect(JSON.stringify(snapshot(nested, limits({ depth: 3 })))).toBe('{"nested":{"nested":{"nested":"[object]"}}}');
    expect(snapshot(JSON.parse('{"__proto__": {"polluted": true}}'))).not.toHaveProperty('polluted');
  });

  it('bounds items, members and text, and keeps the first and the last', () => {
    const many = snapshot(
      Array.from({ length: 1_000_000 }, (_, index) => index),
      limits({ items: 4 }),
    );
    expect(many).toEqual([0, 1, '[999996 items left out]', 999_998, 999_999]);
    const wide = snapshot(
      Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index])),
      limits({ keys: 3 }),
    );
    expect(wide).toEqual({ k0: 0, k1: 1, k2: 2, '…': '[more members left out]' });
    const long = snapshot('word '.repeat(100_000), limits({ valueBytes: 1000 })) as string;
    // 1000, the margin, and no half of a word.
    expect(long.length).toBe(5095);
    expect(long.startsWith('word word')).toBe(true);
    const history = Array.from({ length: 100 }, (_, index) => `${index} ${'words '.repeat(1000)}`);
    const kept = snapshot(history, limits({ valueBytes: 8000 })) as string[];
    // Once the budget of text is used up, the middle is left out.
    expect(kept).toEqual([history[0], '[89 items left out]', ...history.slice(90)]);
    const members = Object.fromEntries(history.map((text, index) => [`k${index}`, text]));
    const cut = snapshot(members, limits({ valueBytes: 8000 })) as Record<string, string>;
    expect(cut['k0']).toBe(history[0]);
    // The word at the cut is left out: it may be half a secret.
    expect(cut['k50']).toMatch(/^50 (?:words )+$/);
    expect(cut['k50']?.length).toBeLessThanOrEqual(256);
  });

  it('replaces inline media before anything is copied', () => {
    const png = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256)).toString('base64');
    expect(snapshot({ image: `data:image/png;base64,${png}`, raw: png, text: 'data: not a URL' })).toEqual({
      image: new Media('image/png', 3000),
      raw: new Media(undefined, 3000),
      text: 'data: not a URL',
    });
    expect(snapshot('a'.repeat(5000))).toBe('a'.repeat(5000));
    expect(snapshot('Lorem ipsum dolor sit amet, '.repeat(100))).toContain('Lorem');
  });
});
