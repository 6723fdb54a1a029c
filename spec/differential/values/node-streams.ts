import { Duplex, PassThrough, Readable, Transform } from 'node:stream';
import { ANOTHER_PROMISE, HIDDEN_PROPERTIES } from '../allowed-differences.js';
import type { Trace } from '../trace.js';
import { row, type Row } from '../table.js';
import { EAGER } from '../uses/emitters.js';
import { nodeStreamUses } from '../uses/node-streams.js';
import { promised } from '../uses/promised.js';
import { LibraryError } from './plain.js';

interface Course {
  objectMode?: boolean;
  failsAt?: number;
}

/** What a readable side asks of its source. */
function course(trace: Trace, { objectMode = true, failsAt }: Course = {}) {
  let index = 0;
  return {
    objectMode,
    highWaterMark: 2,
    read(this: Readable) {
      trace.note('source is read', index);
      if (index === failsAt) this.destroy(new LibraryError(`failed at ${index}`));
      else if (index < 3) this.push(objectMode ? { index: index++ } : Buffer.from(String(index++)));
      else this.push(null);
    },
    destroy(error: Error | null, done: (error: Error | null) => void) {
      trace.note('source is destroyed', error);
      done(error);
    },
  };
}

function duplex(trace: Trace): Duplex {
  const stream = new Duplex({
    ...(course(trace) as object),
    write(chunk, _encoding, done) {
      trace.note('source is written', chunk);
      done();
    },
  });
  stream.end('written');
  return stream;
}

/** Written to from the other side, as far as it has room. */
function fed<S extends Transform>(stream: S): S {
  for (const item of ['a', 'b', 'c']) stream.write(item);
  stream.end();
  return stream;
}

function transform(trace: Trace): Transform {
  return fed(
    new Transform({
      objectMode: true,
      transform(chunk, _encoding, done) {
        trace.note('transforms', chunk);
        done(null, [chunk]);
      },
      flush(done) {
        trace.note('flushes');
        done();
      },
    }),
  );
}

async function* lines(trace: Trace): AsyncGenerator<string> {
  try {
    yield 'a';
    yield 'b';
  } finally {
    trace.note('generator is over');
  }
}

/** It reads ahead, and its error comes although nobody reads on. */
const failingUses: typeof nodeStreamUses = { ...nodeStreamUses, leave: EAGER };

const allowed = [HIDDEN_PROPERTIES];

export const nodeStreamRows: readonly Row[] = [
  row('a Readable of objects', nodeStreamUses, (trace) => new Readable(course(trace)), { allowed }),
  row('a Readable of bytes', nodeStreamUses, (trace) => new Readable(course(trace, { objectMode: false })), {
    allowed,
  }),
  row('a Readable over a generator', nodeStreamUses, (trace) => Readable.from(lines(trace)), { allowed }),
  row(
    'a Readable that is destroyed with an error',
    failingUses,
    (trace) => new Readable(course(trace, { failsAt: 2 })),
    {
      ends: 'error',
      errorType: 'LibraryError',
      allowed,
    },
  ),
  row('a Duplex', nodeStreamUses, duplex, { allowed }),
  row('a Transform', nodeStreamUses, transform, { allowed }),
  row('a PassThrough', nodeStreamUses, () => fed(new PassThrough({ objectMode: true })), { allowed }),
  row('a promise of a Readable', promised(nodeStreamUses), async (trace) => trace.made(new Readable(course(trace))), {
    isPromised: true,
    allowed: [ANOTHER_PROMISE],
  }),
];
