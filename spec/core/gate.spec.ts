import { CapturedAttributes, content, type CapturedValue } from '../../src/core/content.js';
import { admit as admitAll, type GatePolicy } from '../../src/core/gate.js';
import { ALL_CONTENT, NO_CONTENT } from '../../src/core/settings.js';
import { snapshot } from '../../src/core/snapshot.js';

const policy = (over: Partial<GatePolicy> = {}): GatePolicy => ({
  content: ALL_CONTENT,
  redact: [],
  valueBytes: 32_768,
  ...over,
});

const admit = (captured: Record<string, CapturedValue>, rules: GatePolicy) =>
  admitAll(CapturedAttributes.of(captured), rules);

describe('the gate', () => {
  it('writes text as it is and anything else as JSON', () => {
    expect(
      admit(
        { a: content('input', 'text'), b: content('output', () => ({ x: [1, 'y'] })), c: 'm', d: [1, 2] },
        policy(),
      ),
    ).toEqual({ a: 'text', b: '{"x":[1,"y"]}', c: 'm', d: [1, 2] });
  });

  it('leaves out content that is switched off, and error texts where any kind is', () => {
    const captured = { a: content('input', 'text'), b: content('output', 'o'), e: content('error', 'boom'), n: 1 };
    expect(admit(captured, policy({ content: NO_CONTENT }))).toEqual({ n: 1 });
    expect(admit(captured, policy({ content: { ...ALL_CONTENT, output: false } }))).toEqual({ a: 'text', n: 1 });
  });

  it('masks well-known secrets in texts, members, names of members and plain attributes', () => {
    const key = `sk-proj-${'a1B2'.repeat(8)}`;
    const admitted = admit(
      {
        text: content('input', `use ${key} please`),
        json: content('input', { token: 'x', deep: [{ [key]: `Bearer ${'t'.repeat(20)}` }], password: 'hunter2' }),
        plain: key,
        list: ['ok', key],
        url: 'postgres://user:hunter22@host/db',
        env: 'PASSWORD=hunter2secret&api_key = hunter2key user=me',
      },
      policy(),
    );
    expect(JSON.stringify(admitted)).not.toMatch(/sk-proj|tttt|hunter2/);
    expect(admitted['text']).toBe('use [masked] please');
    expect(admitted['url']).toBe('postgres://user:[masked]@host/db');
    expect(admitted['env']).toBe('PASSWORD=[masked]&api_key = [masked] user=me');
    expect(JSON.parse(String(admitted['json']))).toEqual({
      token: 'x',
      deep: [{ '[masked]': 'Bearer [masked]' }],
      password: '[masked]',
    });
  });

  it('masks what is called a secret with a word before it, in lists of pairs and in JSON within JSON too', () => {
    const secrets = {
      DB_PASSWORD: 'opaque1',
      openaiApiKey: 'opaque2',
      cookie: 'opaque3',
      credentials: { accessKeyId: 'id', secretAccessKey: 'opaque4' },
      quoted: { password: 'opaque5 "opaque6" opaque7' },
      hasPassword: true,
    };
    const required = ['password', 'user'];
    const headers = [
      ['x-api-key', 'opaque8'],
      ['accept', 'text/html'],
    ];
    const text = JSON.stringify({ status: 200, body: JSON.stringify(secrets) });
    const admitted = admit(
      {
        object: content('tools', {
          secrets,
          required,
          headers,
          map: snapshot(
            new Map<unknown, string>([
              [1, 'a'],
              ['secret', 'opaque9'],
            ]),
          ),
        }),
        text: content('tools', JSON.stringify(secrets)),
        nested: content('tools', text),
        twice: content('tools', JSON.stringify({ text })),
        env: 'DB_PASSWORD="opaque1 opaque2"\nWEBHOOK_SECRET=opaque3\nTOKENS=100000',
        url: 'postgres://user:opaque1@opaque2@host/db',
      },
      policy(),
    );
    expect(JSON.stringify(admitted)).not.toContain('opaque');
    expect(JSON.parse(String(admitted['text']))).toEqual({
      DB_PASSWORD: '[masked]',
      openaiApiKey: '[masked]',
      cookie: '[masked]',
      credentials: { accessKeyId: 'id', secretAccessKey: '[masked]' },
      quoted: { password: '[masked]' },
      hasPassword: true,
    });
    expect(JSON.parse(String(admitted['object']))).toEqual({
      secrets: JSON.parse(String(admitted['text'])) as unknown,
      required,
      headers: [
        ['x-api-key', '[masked]'],
        ['accept', 'text/html'],
      ],
      map: [
        [1, 'a'],
        ['secret', '[masked]'],
      ],
    });
    expect(JSON.parse((JSON.parse(String(admitted['nested'])) as { body: string }).body)).toEqual(
      JSON.parse(String(admitted['text'])),
    );
    expect(admitted['env']).toBe('DB_PASSWORD=[masked]\nWEBHOOK_SECRET=[masked]\nTOKENS=100000');
    expect(admitted['url']).toBe('postgres://user:[masked]@host/db');
  });

  it('takes no longer for a text made of beginnings of secrets', () => {
    const beginnings = [
      'eyJ-',
      'eyJaaaaaaaa-',
      'sk-',
      '-----BEGIN ',
      'password ',
      '"password',
      '\\"secret\\":\\"',
      '://a:@',
      '\\',
    ];
    for (const beginning of beginnings) {
      const text = beginning.repeat(40_000 / beginning.length);
      const started = performance.now();
      admit({ a: content('input', text) }, policy());
      expect({ beginning, isQuick: performance.now() - started < 250 }).toEqual({ beginning, isQuick: true });
    }
  });

  it('masks values that the application calls a secret', () => {
    const named = (prefix: string) => ({ [`${prefix}.api_key`]: 'k1', [`${prefix}.team`]: 'books' });
    for (const prefix of ['decotel.metadata', 'decotel.prompt.metadata', 'gen_ai.prompt.variable']) {
      expect(admit(named(prefix), policy())).toEqual({
        [`${prefix}.api_key`]: '[masked]',
        [`${prefix}.team`]: 'books',
      });
    }
  });

  it('masks what the application asks for, and everything where its function throws', () => {
    const redact = [/\b\d{16}\b/, (text: string) => text.replace('Ann', 'X')];
    expect(admit({ a: content('input', 'Ann 1234567890123456') }, policy({ redact }))).toEqual({ a: 'X [masked]' });
    const throwing = () => {
      throw new Error('mask');
    };
    expect(admit({ a: content('input', 'text'), m: 'model' }, policy({ redact: [throwing] }))).toEqual({
      a: '[masked]',
      m: '[masked]',
    });
  });

  it('masks a secret that straddles the cut of a snapshot', () => {
    const limits = { valueBytes: 1000, depth: 8, items: 10, keys: 10, idleMs: 1 };
    const secret = `sk-${'a'.repeat(60)}`;
    const text = `${'x '.repeat(485)}${secret}${'tail '.repeat(10_000)}`;
    const { a } = admit({ a: content('input', snapshot(text, limits)) }, policy({ valueBytes: 1000 }));
    expect(a).not.toContain('sk-a');
    expect(Buffer.byteLength(String(a))).toBeLessThanOrEqual(1000);
  });

  it('cuts long text at a character, keeps JSON valid, and says what was cut', () => {
    const admitted = admit(
      {
        text: content('input', 'é'.repeat(600)),
        json: content('input', [{ role: 'system', text: 'short' }, { text: 'ü'.repeat(5000) }, { text: 'last' }]),
      },
      policy({ valueBytes: 500 }),
    );
    expect(Buffer.byteLength(String(admitted['text']))).toBeLessThanOrEqual(500);
    expect(admitted['text']).toMatch(/^é+…\[truncated\]$/);
    const json = JSON.parse(String(admitted['json']));
    expect(json).toHaveLength(3);
    expect(json[0].text).toBe('short');
    expect(json[2].text).toBe('last');
    expect(json[1].text).toMatch(/^ü+…\[truncated\]$/);
    expect(admitted['decotel.truncated']).toEqual(['text', 'json']);
  });

  it('leaves items out of the middle where short texts alone are too many', () => {
    const { a } = admit(
      {
        a: content(
          'input',
          Array.from({ length: 5000 }, (_, i) => ({ i })),
        ),
      },
      policy({ valueBytes: 600 }),
    );
    expect(Buffer.byteLength(String(a))).toBeLessThanOrEqual(600);
    const items = JSON.parse(String(a));
    expect(items[0]).toEqual({ i: 0 });
    expect(items.at(-1)).toEqual({ i: 4999 });
  });
});
