import { CapturedAttributes, content } from '../../src/core/content.js';
import { boundedJson, boundedText } from '../../src/core/bounds.js';
import { admit } from '../../src/core/gate.js';
import { Media } from '../../src/core/media.js';
import { ALL_CONTENT, DEFAULT_LIMITS, type Limits } from '../../src/core/settings.js';
import { snapshot } from '../../src/core/snapshot.js';
import { runChild } from '../support/child-program.js';

const limits = (over: Partial<Limits> = {}): Limits => ({ ...DEFAULT_LIMITS, ...over });

function render(value: unknown, valueBytes: number): { value: string; cut: boolean } {
  const captured = CapturedAttributes.of({ key: content('input', snapshot(value, limits({ valueBytes }))) });
  const { key, 'decotel.truncated': cut } = admit(captured, { content: ALL_CONTENT, redact: [], valueBytes });
  return { value: String(key), cut: cut !== undefined };
}

/** The best of a few, in milliseconds: what else runs on the machine only makes it slower. */
function fastest(work: () => unknown): number {
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    const from = performance.now();
    work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}

describe('what a snapshot costs', () => {
  const small = Array.from({ length: 2000 }, (_, index) => index);
  const costOfSmall = fastest(() => snapshot(small));
  const MOST = 20 * costOfSmall + 1;

  it.each<[string, () => unknown]>([
    ['a list of a million', () => new Array<number>(1_000_000).fill(7)],
    ['a sparse list', () => Object.assign([], { 100_000_000: 'end' })],
    ['a set of 200,000', () => new Set(Array.from({ length: 200_000 }, (_, index) => index))],
    ['a map of 200,000', () => new Map(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, index]))],
    ['a nesting of 10,000', () => nested(10_000)],
    ['a text of 10 MB', () => 'words '.repeat(1_700_000)],
    ['10 MB of inline media', () => `data:image/png;base64,${'iVBORw0KGgoAAAAN'.repeat(650_000)}`],
    ['a buffer of 100 MB', () => new ArrayBuffer(100_000_000)],
  ])('does not grow with %s', (_name, make) => {
    const value = make();
    expect(fastest(() => snapshot(value))).toBeLessThan(MOST);
  });

  it('is little more than the listing of the keys of an object with 200,000, which the language does at once', () => {
    const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`key ${index}`, index]));
    const listing = fastest(() => {
      for (const key in wide) return key;
      return undefined;
    });
    const copy = snapshot(wide) as object;
    expect(Object.keys(copy)).toHaveLength(201);
    expect(fastest(() => snapshot(wide))).toBeLessThan(3 * listing + MOST);
  });

  it('does not grow with a tree of many nodes, and neither does its text', () => {
    const leaf = { a: 'text', b: 'text' };
    let tree: unknown = leaf;
    // 10^8 nodes, if it were walked to its end.
    for (let depth = 0; depth < 8; depth++) tree = new Array<unknown>(10).fill(tree);
    const { value } = render(tree, 32_768);
    expect(Buffer.byteLength(value)).toBeLessThanOrEqual(32_768);
    expect(fastest(() => snapshot(tree))).toBeLessThan(1000);
    JSON.parse(value);
  });
});

describe('what a snapshot keeps', () => {
  it('has the first and the last of a sparse list', () => {
    const sparse = Object.assign([], { 0: 'first', 4_000_000: 'end' });
    expect(snapshot(sparse, limits({ items: 4 }))).toEqual([
      'first',
      undefined,
      '[3999997 items left out]',
      undefined,
      'end',
    ]);
  });

  it('has the size of a buffer, of one that is gone as well', () => {
    const gone = new Uint8Array(8);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(snapshot([gone, new ArrayBuffer(3), new SharedArrayBuffer(4), new DataView(new ArrayBuffer(5), 1)])).toEqual(
      [new Media(undefined, 0), new Media(undefined, 3), new Media(undefined, 4), new Media(undefined, 4)],
    );
  });

  it('has what an inherited toJSON gives, bounded like anything else', () => {
    class Page {
      toJSON(): object {
        return { text: 'word '.repeat(10_000), list: new Array(5000).fill(1) };
      }
    }
    const { text, list } = snapshot(new Page(), limits({ valueBytes: 1000, items: 2 })) as {
      text: string;
      list: unknown[];
    };
    expect(text).toHaveLength(5095);
    expect(list).toEqual([1, '[4998 items left out]', 1]);
    class Endless {
      toJSON(): object {
        return new Endless();
      }
    }
    expect(JSON.stringify(snapshot(new Endless(), limits({ depth: 3 })))).toBe('"[object]"');
  });

  it('is no part of the strings that it was cut from', async () => {
    const { printed } = await runChild(RETENTION).ended;
    const kilobytes = JSON.parse(printed) as Record<string, number>;
    // 32 KiB and the margin, in one byte a character or two; of media, nothing. A stream has an argument as well, and an
    // error its stack.
    const most = { text: 40, member: 40, 'two bytes': 80, 'in pieces': 40, media: 5, streamed: 80, error: 80 };
    expect(Object.keys(kilobytes)).toEqual(Object.keys(most));
    const over = Object.entries(most).filter(([name, size]) => !((kilobytes[name] as number) <= size));
    expect(over.map(([name]) => [name, kilobytes[name]])).toEqual([]);
    expect(kilobytes['text']).toBeGreaterThan(32);
  }, 120_000);
});

/**
 * 1,000 calls with 1 MB each, and 300 of each of the other ways, so that a text which the compiler's code still holds at the
 * end counts little; their ended spans are kept and nobody reads them.
 */
const RETENTION = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { span } from './src/index.js';
import { configure } from './src/configure.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const MEGABYTE = 1_000_000;
let kept = [];
const nothing = async () => {};
configure({ processors: [{ onStart() {}, onEnd(ended) { kept.push(ended); }, forceFlush: nothing, shutdown: nothing }] });

const take = span('take')((value) => typeof value);
const stream = span('stream')(function* stream(text) { for (let at = 0; at < text.length; at += 50_000) yield text.slice(at, at + 50_000); });
const fail = span('fail')(() => { throw new Error(text('error')); });

let count = 0;
const text = (start) => Buffer.alloc(MEGABYTE, start + ' ' + count++ + ' ').toString('latin1');
const ways = {
  'text': () => take(text('text')),
  'member': () => take({ role: 'user', content: [{ text: text('member') }] }),
  'two bytes': () => take(Buffer.alloc(MEGABYTE, '文字 ' + count++ + ' ', 'utf16le').toString('utf16le')),
  'in pieces': () => take(text('a').slice(0, MEGABYTE / 2) + text('b').slice(MEGABYTE / 2)),
  'media': () => take('data:image/png;base64,' + Buffer.alloc(MEGABYTE * 0.75, String(count++)).toString('base64')),
  'streamed': () => { for (const _ of stream.call(undefined, text('streamed'))); },
  'error': () => { try { fail(); } catch {} },
};

const size = () => {
  for (let round = 0; round < 3; round++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const kilobytes = {};
for (const [name, way] of Object.entries(ways)) {
  const calls = name === 'text' ? 1000 : 300;
  way();
  kept = [];
  const before = size();
  for (let call = 0; call < calls; call++) way();
  if (kept.length !== calls) throw new Error(kept.length + ' spans');
  kilobytes[name] = (size() - before) / 1000 / calls;
}
console.log(JSON.stringify(kilobytes));
`;

describe('what is rendered', () => {
  it('is within its bytes, whatever takes more than one', () => {
    for (const unit of ['a', 'é', '文', '😀', '\u0000', '"', '\\', '\ud800', 'a\udc00']) {
      for (const value of [
        unit.repeat(5000),
        [unit.repeat(5000)],
        { a: unit.repeat(90), b: [unit.repeat(5000), 'end'] },
      ]) {
        for (const valueBytes of [16, 17, 18, 19, 20, 64, 100, 1000]) {
          const rendered = render(value, valueBytes);
          expect(Buffer.byteLength(rendered.value)).toBeLessThanOrEqual(valueBytes);
          expect(rendered.cut).toBe(true);
          if (typeof value !== 'string') JSON.parse(rendered.value);
        }
      }
    }
  });

  it('is cut between characters, and lone surrogates become what UTF-8 has for them', () => {
    for (let bytes = 20; bytes < 40; bytes++) {
      expect(boundedText('😀'.repeat(50), bytes).value).toMatch(/^(?:😀)*…\[truncated\]$/u);
      expect(JSON.parse(boundedJson(['😀'.repeat(50)], bytes + 60).value)).toEqual([
        expect.stringMatching(/^(?:😀)+…\[truncated\]$/u),
      ]);
    }
    const { value } = boundedText('\ud800'.repeat(50), 40);
    expect(value).toMatch(/^�+…\[truncated\]$/);
    expect(JSON.parse(render({ text: '\udc00' }, 1000).value)).toEqual({ text: '\udc00' });
  });

  it('has no half of a secret that straddles a cut, in a text or within JSON, and says that it was cut', () => {
    const secret = `sk-${'QzXj7'.repeat(12)}`;
    for (let before = 880; before <= 1010; before += 10) {
      const text = `${'x '.repeat(before / 2)}${secret} ${'tail '.repeat(10_000)}`;
      for (const value of [text, { messages: [{ role: 'user', text }] }]) {
        const rendered = render(value, 1000);
        expect(rendered.value).not.toContain('QzXj7');
        expect(rendered.cut).toBe(true);
        expect(Buffer.byteLength(rendered.value)).toBeLessThanOrEqual(1000);
      }
    }
  });

  it('has no half of a secret where masking makes what is before the cut shorter', () => {
    const secret = `sk-${'QzXj7'.repeat(12)} `;
    for (let before = 0; before < 64; before++) {
      expect(render(`${'x'.repeat(before)} ${secret.repeat(500)}`, 1000).value).toMatch(/^x* (?:\[masked\] ?)+/);
      expect(render(`${'x'.repeat(before)} ${secret.repeat(500)}`, 1000).value).not.toContain('Qz');
    }
  });
});

describe('messages that are too long', () => {
  const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
  const texts = (value: string) =>
    (JSON.parse(value) as ReturnType<typeof message>[]).map((one) => one.parts[0]?.content);
  const words = (name: string) => `${name} begins ${'word '.repeat(200)}${name} ends`;

  it('lose the middle of the oldest first, the whole of none, and what the system says last', () => {
    const messages = [message('system', words('s')), message('user', words('a')), message('user', words('b'))];
    messages.push(message('assistant', 'short'), message('user', words('c')));
    const whole = Buffer.byteLength(JSON.stringify(messages));
    const { value, cut } = boundedJson(messages, whole - 1200);
    expect(cut).toBe(true);
    const least = Buffer.byteLength(value);
    expect(least).toBeLessThanOrEqual(whole - 1200);
    expect(least).toBeGreaterThan(whole - 1300);
    const [system, a, b, short, c] = texts(value);
    expect([system, short, c]).toEqual([words('s'), 'short', words('c')]);
    expect(a).toMatch(/^a begins [word ]*…\[truncated\]…[word ]*a ends$/);
    expect(a?.length).toBeLessThan(64);
    expect(b).toMatch(/^b begins [word ]{100,}…\[truncated\]…[word ]{100,}b ends$/);
    expect(texts(boundedJson(messages, 600).value)).toEqual([
      expect.stringMatching(/^s begins .*…\[truncated\]….* ends$/),
      ...['a', 'b'].map((name) =>
        expect.stringMatching(new RegExp(`^${name} begins w.*…\\[truncated\\]….*${name} ends$`)),
      ),
      'short',
      expect.stringMatching(/^c begins w.*…\[truncated\]….*c ends$/),
    ]);
  });

  it('are whole characters within their bytes, whatever takes more than one', () => {
    for (const unit of ['a', 'é', '文', '😀', '\u0000', '"', '\ud800', 'a\udc00']) {
      const messages = [message('user', unit.repeat(3000)), message('user', unit.repeat(40)), message('user', 'end')];
      for (const valueBytes of [16, 64, 200, 300, 500, 501, 502, 503, 1000, 3000]) {
        const rendered = render(messages, valueBytes);
        expect(Buffer.byteLength(rendered.value)).toBeLessThanOrEqual(valueBytes);
        expect(rendered.cut).toBe(true);
        JSON.parse(rendered.value);
      }
    }
    const faces = [message('user', '😀'.repeat(500)), message('user', 'end')];
    for (let bytes = 200; bytes < 210; bytes++)
      expect(texts(boundedJson(faces, bytes).value)[0]).toMatch(/^(?:😀)+…\[truncated\]…(?:😀)+$/u);
  });

  it('do not end with half a secret where a text was cut when it was captured', () => {
    const policy = { content: ALL_CONTENT, redact: [/\b\d{4} \d{4} \d{4} \d{4}\b/], valueBytes: 2000 };
    for (let before = 36_840; before <= 36_864; before++) {
      const long = `${'word '.repeat(before / 5)}${'x'.repeat(before % 5)} 4111 1111 1111 1111 ${'tail '.repeat(9000)}`;
      const captured = snapshot([message('user', long), message('user', 'end')]);
      const [text] = texts(String(admit(CapturedAttributes.of({ key: content('input', captured) }), policy)['key']));
      expect(text).toMatch(/^[word ]+…\[truncated\]$/);
    }
  });
});

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { value } : [value];
  return value;
}
