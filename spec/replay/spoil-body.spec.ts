import { Random } from './random.js';
import { bodyOf, type RecordedResponse } from './recording.js';
import { spoilBody, type Spoiling, type WireBody } from './spoil-body.js';

const response = (body: Partial<RecordedResponse>): RecordedResponse => ({ status: 200, headers: {}, ...body });

/** Two frames of four and three bytes after their lengths. */
const FRAMES = Buffer.concat([
  Buffer.from([0, 0, 0, 8]),
  Buffer.from('abcd'),
  Buffer.from([0, 0, 0, 7]),
  Buffer.from('xyz'),
]);

const STREAMS: [string, RecordedResponse, string[]][] = [
  ['events', response({ sse_text: 'data: ä\n\n: hm\r\n\r\ndata: b' }), ['data: ä\n\n', ': hm\r\n\r\n', 'data: b']],
  ['lines', response({ ndjson_text: '{"a":1}\n{"b":2}\n' }), ['{"a":1}\n', '{"b":2}\n']],
  ['frames', response({ body_base64: FRAMES.toString('base64') }), ['\0\0\0\u0008abcd', '\0\0\0\u0007xyz']],
];

/** Many spoilt bodies of one kind. */
function spoilt(recorded: RecordedResponse, kind: Spoiling): WireBody[] {
  return Array.from({ length: 200 }, (_, index) => spoilBody(recorded, new Random(String(index)))).filter(
    ({ spoiling }) => spoiling === kind,
  );
}

const texts = (bodies: WireBody[]): string[] => [
  ...new Set(bodies.map(({ pieces }) => Buffer.concat(pieces).toString())),
];

describe.each(STREAMS)('spoilBody of %s', (_, recorded, chunks) => {
  const whole = bodyOf(recorded);

  it('cuts at any byte', () => {
    const bodies = spoilt(recorded, 'cut');
    const lengths = bodies.map(({ pieces }) => Buffer.concat(pieces).length);
    expect(bodies.every(({ isCut }) => isCut)).toBe(true);
    expect(Math.max(...lengths)).toBeLessThan(whole.length);
    expect(new Set(lengths).size).toBeGreaterThan(whole.length / 2);
  });

  it('drops or repeats one chunk', () => {
    const without = chunks.map((dropped) => chunks.filter((chunk) => chunk !== dropped).join(''));
    const twice = chunks.map((repeated) =>
      chunks.flatMap((chunk) => (chunk === repeated ? [chunk, chunk] : chunk)).join(''),
    );
    expect(texts(spoilt(recorded, 'dropped')).sort()).toEqual(without.sort());
    expect(texts(spoilt(recorded, 'repeated')).sort()).toEqual(twice.sort());
  });

  it('delays one chunk, and loses nothing', () => {
    const bodies = spoilt(recorded, 'delayed');
    expect(texts(bodies)).toEqual([whole.toString()]);
    expect(bodies.every(({ pieces, isCut }) => pieces.length === 3 && !isCut)).toBe(true);
  });

  it('does the same for the same seed', () => {
    expect(spoilBody(recorded, new Random('seed'))).toEqual(spoilBody(recorded, new Random('seed')));
  });
});
