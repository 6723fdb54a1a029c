import { bodyText } from '../../src/streams/body-text.js';

const EVENTS = 'text/event-stream; charset=utf-8';

/** What is read of `text` that comes in pieces of `size` bytes. */
function written(contentType: string, text: string, size = Infinity): unknown[] {
  const bytes = new TextEncoder().encode(text);
  const reader = bodyText(contentType);
  const values: unknown[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    values.push(...(reader?.add(bytes.subarray(start, start + size)) ?? []));
  }
  return [...values, ...[reader?.end()].filter((value) => value !== undefined)];
}

describe('what is written in a body', () => {
  it.each([1, 2, 3, 7, Infinity])('is the same in pieces of %s bytes', (size) => {
    const events = ': hello\r\nevent: a\r\ndata: {"text":"Dün€ 🏜"}\r\n\r\ndata:{"n":2}\n\ndata: [DONE]\n\nid: {}\n';
    expect(written(EVENTS, events, size)).toEqual([{ text: 'Dün€ 🏜' }, { n: 2 }]);
    expect(written('application/x-ndjson', '{"n":1}\n\n{"text":"Dün€"}\n{"n":3}', size)).toEqual([
      { n: 1 },
      { text: 'Dün€' },
      { n: 3 },
    ]);
    expect(written('application/json', '{\n  "n": [\n1]\n}\n', size)).toEqual([{ n: [1] }]);
  });

  it('is told by the content type alone', () => {
    for (const type of ['', 'text/plain', 'application/octet-stream']) expect(bodyText(type)).toBeUndefined();
    expect(bodyText('application/vnd.amazon.eventstream')).toBeUndefined();
    expect(['application/jsonl', 'application/stream+json'].map((type) => written(type, '{}\n{}\n'))).toEqual([
      [{}, {}],
      [{}, {}],
    ]);
    expect(written('application/problem+json', '{"status":429}')).toEqual([{ status: 429 }]);
  });

  it('leaves out what is no object and what breaks off', () => {
    expect(written(EVENTS, 'data: 7\ndata: "x"\ndata: {"n":\ndata: null\n{"n":1}\ndata: {"n":2}\n')).toEqual([
      { n: 2 },
    ]);
    expect(written(EVENTS, 'data: {"n":1}\n\ndata: {"n"')).toEqual([{ n: 1 }]);
    expect(written('application/json', '{"n":1')).toEqual([]);
  });

  it('leaves out a line that is too long, and goes on after it', () => {
    const long = `data: {"text":"${'x'.repeat(2 ** 20)}"}`;
    expect(written(EVENTS, `data: {"n":1}\n${long}\ndata: {"n":2}\n`, 65_536)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(written('application/json', `["${'x'.repeat(2 ** 20)}"]`, 65_536)).toEqual([]);
  });

  it('takes a line in many small pieces in a time that grows with its length', () => {
    const text = `data: {"text":"${'x'.repeat(500_000)}"}\n`;
    const start = performance.now();
    expect(written(EVENTS, text, 4)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('reads text as it reads bytes, and nothing of anything else', () => {
    const reader = bodyText(EVENTS);
    expect(reader?.add('data: {"n":1}\nda')).toEqual([{ n: 1 }]);
    expect(reader?.add({ n: 2 })).toEqual([]);
    expect(reader?.add('ta: {"n":3}')).toEqual([]);
    expect(reader?.end()).toEqual({ n: 3 });
    expect(reader?.end()).toBeUndefined();
  });
});
