import { diag } from '@opentelemetry/api';
import fc from 'fast-check';
import { CapturedAttributes, content, jsonContent } from '../../src/core/content.js';
import { admit } from '../../src/core/gate.js';
import { ALL_CONTENT, type Limits } from '../../src/core/settings.js';
import { shared } from '../../src/core/shared.js';
import { snapshot, snapshotResult } from '../../src/core/snapshot.js';
import { propertyMs, propertyRuns } from '../support/property-runs.js';

/** A value as fast-check can look at it: what is hostile is only made when it is used. */
type Recipe =
  | { make: 'any'; value: unknown }
  | { make: 'leaf'; name: string }
  | { make: 'text'; unit: string; length: number }
  | { make: 'deep'; depth: number }
  | { make: 'container'; kind: string; children: Recipe[]; isCyclic: boolean };

const trapped = new Error('trapped');
const trap = (): never => {
  throw trapped;
};

const LEAVES: Record<string, () => unknown> = {
  'throwing proxy': () => new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap }),
  'proxy without keys': () => new Proxy({ a: 1 }, { ownKeys: trap }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'revoked list': () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  'throwing toJSON': () =>
    new (class {
      toJSON = trap;
    })(),
  'inherited toJSON that throws': () =>
    new (class {
      toJSON(): never {
        return trap();
      }
    })(),
  'toJSON that gives itself': () =>
    new (class {
      toJSON(): unknown {
        return this;
      }
    })(),
  'error with a throwing message': () => Object.defineProperty(new Error('x'), 'message', { get: trap }),
  'error with itself as cause': () => {
    const error = new Error('x');
    error.cause = error;
    return error;
  },
  'detached buffer': () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  buffer: () => Buffer.from('buffer'),
  'data view': () => new DataView(new ArrayBuffer(4)),
  'shared buffer': () => new SharedArrayBuffer(4),
  URL: () => new URL('https://user:pass@example.com/?q=1'),
  expression: () => /a(?<name>b)+/giu,
  symbol: () => Symbol('a symbol'),
  function: () => function named() {},
  class: () => URL,
  promise: () => Promise.resolve(1),
  'thenable whose then throws': () => ({
    get then(): never {
      return trap();
    },
  }),
  generator: () =>
    (function* () {
      yield 1;
    })(),
  'weak map': () => new WeakMap(),
  'bad date': () => new Date(NaN),
  boxed: () => Object(1n) as object,
  'null prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  'sparse list': () => Object.assign([], { 5000: 'end' }),
  'list with members': () => Object.assign([1, 2], { extra: 'member' }),
  'own __proto__': () => JSON.parse('{"__proto__": {"polluted": true}}') as object,
  'data URL': () => `data:image/png;base64,${'iVBORw0KGgo'.repeat(100)}`,
  base64: () => 'iVBORw0KGgoAAAANSUhEUgAA'.repeat(100),
};

const CONTAINERS: Record<string, (children: unknown[]) => object> = {
  list: (children) => [...children],
  object: (children) => Object.fromEntries(children.map((child, index) => [`key ${index}`, child])),
  'frozen object': (children) => Object.freeze(Object.assign({}, children)),
  'odd keys': (children) =>
    Object.fromEntries(children.map((child, index) => [`${'\ud800"\\\n'.repeat(9)}${index}`, child])),
  'null prototype': (children) => Object.assign(Object.create(null) as object, children),
  map: (children) => new Map(children.map((child, index) => [`key ${index}`, child])),
  'map by objects': (children) => new Map(children.map((child) => [{}, child])),
  set: (children) => new Set(children),
  instance: (children) =>
    new (class Instance {
      members = children;
    })(),
  'inherited toJSON': (children) =>
    new (class Money {
      toJSON(): unknown {
        return children;
      }
    })(),
  error: (children) => new AggregateError(children, 'several', { cause: children[0] }),
  proxy: (children) => new Proxy({ children }, {}),
  getters: (children) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        children.map((child, index) => [
          `getter ${index}`,
          { enumerable: true, configurable: true, get: () => (index % 2 === 0 ? child : trap()) },
        ]),
      ),
    ),
};

const texts = fc.record({
  make: fc.constant('text' as const),
  unit: fc.constantFrom('a', 'word ', 'é', '文', '😀', '\ud800', '\udc00x', '"', '\\', '\u0000', '\n', '\u2028'),
  length: fc.constantFrom(1, 10, 100, 1000, 10_000),
});
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  stringUnit: 'binary',
});

const { recipe: recipes } = fc.letrec<{ recipe: Recipe }>((tie) => ({
  recipe: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'recipe' },
    { weight: 2, arbitrary: anything.map((value): Recipe => ({ make: 'any', value })) },
    { weight: 3, arbitrary: texts },
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(LEAVES)).map((name): Recipe => ({ make: 'leaf', name })) },
    { weight: 1, arbitrary: fc.constantFrom(3, 30, 300).map((depth): Recipe => ({ make: 'deep', depth })) },
    {
      weight: 6,
      arbitrary: fc.record({
        make: fc.constant('container' as const),
        kind: fc.constantFrom(...Object.keys(CONTAINERS)),
        children: fc.array(tie('recipe'), { maxLength: 6, depthIdentifier: 'recipe' }),
        isCyclic: fc.boolean(),
      }),
    },
  ),
}));

/** Builds the value, and notes its containers. */
function cook(recipe: Recipe, containers: object[]): unknown {
  switch (recipe.make) {
    case 'any':
      return recipe.value;
    case 'leaf':
      return LEAVES[recipe.name]?.();
    case 'text':
      return recipe.unit.repeat(recipe.length);
    case 'deep': {
      let value: unknown = 'bottom';
      for (let depth = 0; depth < recipe.depth; depth++) value = depth % 2 === 0 ? { value } : [value];
      return value;
    }
    case 'container': {
      const children = recipe.children.map((child) => cook(child, containers));
      const container = CONTAINERS[recipe.kind]?.(children) as object;
      if (recipe.isCyclic && Array.isArray(container)) container.push(container);
      else if (recipe.isCyclic && Object.isExtensible(container)) Object.assign(container, { self: container });
      containers.push(container, children);
      return container;
    }
  }
}

/** Own members by identity, to tell whether somebody changed them. Getters are not run. */
function membersOf(container: object): unknown[] {
  const own = Reflect.ownKeys(container).flatMap((key) => {
    const { value, get } = Reflect.getOwnPropertyDescriptor(container, key) ?? {};
    return [key, value, get] as unknown[];
  });
  return container instanceof Map || container instanceof Set ? [...own, ...container.keys()] : own;
}

const someLimits = fc.record({
  valueBytes: fc.constantFrom(64, 100, 500, 2000, 32_768),
  depth: fc.integer({ min: 1, max: 16 }),
  items: fc.integer({ min: 1, max: 20 }),
  keys: fc.integer({ min: 1, max: 10 }),
  idleMs: fc.constant(1),
});

const complaints: string[] = [];
beforeAll(() => {
  const complain = (...parts: unknown[]): void => void complaints.push(parts.join(' '));
  diag.setLogger({ error: complain, warn: complain, info: () => 0, debug: () => 0, verbose: () => 0 });
});
afterAll(() => diag.disable());

function render(value: unknown, valueBytes: number): Record<string, unknown> {
  shared('reported', () => new Set<string>()).clear();
  complaints.length = 0;
  const captured = CapturedAttributes.of({ text: content('input', value), json: jsonContent('output', value) });
  const admitted = admit(captured, { content: ALL_CONTENT, redact: [], valueBytes });
  if (complaints.length > 0) throw new Error(`the gate complained: ${complaints.join('; ')}`);
  return admitted;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

describe('a snapshot of any value', () => {
  it(
    'is valid JSON within its bytes that says when it was cut, and leaves the value as it is',
    () => {
      const check = (recipe: Recipe, limits: Limits, isResult: boolean): void => {
        const containers: object[] = [];
        const value = cook(recipe, containers);
        const before = containers.map(membersOf);
        const copy = (isResult ? snapshotResult : snapshot)(value, limits);
        containers.forEach((container, index) => {
          const after = membersOf(container);
          const same = after.length === before[index]?.length;
          if (!same || after.some((member, at) => !Object.is(member, before[index]?.[at]))) throw new Error('changed');
        });
        const bounded = render(copy, limits.valueBytes);
        const whole = render(copy, Infinity);
        const truncated = (bounded['decotel.truncated'] ?? []) as string[];
        for (const key of ['text', 'json']) {
          if (copy === undefined) {
            expect(bounded[key]).toBeUndefined();
            continue;
          }
          const rendered = String(bounded[key]);
          expect(Buffer.byteLength(rendered)).toBeLessThanOrEqual(limits.valueBytes);
          expect(truncated.includes(key)).toBe(rendered !== whole[key]);
          if (key === 'json' || typeof copy !== 'string') JSON.parse(rendered);
          if (!LONE_SURROGATE.test(String(whole[key]))) expect(rendered).not.toMatch(LONE_SURROGATE);
        }
      };
      fc.assert(fc.property(recipes, someLimits, fc.boolean(), check), propertyRuns());
    },
    propertyMs,
  );
});

const BODY = 'QzXj7QzXj7QzXj7QzXj7QzXj7QzXj7QzXj7QzXj7QzXj7Q';
const SECRETS = [`sk-${BODY}`, `ghp_${BODY}`, `Bearer ${BODY}`, `AIza${BODY}`, `xoxb-${BODY}`, `hf_${BODY}`];

describe('a secret at any place of a text', () => {
  it(
    'is masked wherever the text is cut',
    () => {
      const secretTexts = fc.record({
        secret: fc.constantFrom(...SECRETS),
        filler: fc.constantFrom('word ', 'x,', '文字 ', '- '),
        before: fc.integer({ min: 0, max: 6000 }),
        /** Masked ones are shorter: what follows moves towards the cut. */
        count: fc.constantFrom(1, 1, 2, 40, 400),
        after: fc.constantFrom(0, 10, 10_000),
        place: fc.constantFrom('text', 'member', 'late member', 'list'),
      });
      fc.assert(
        fc.property(secretTexts, someLimits, ({ secret, filler, before, count, after, place }, limits) => {
          const text = filler.repeat(before / filler.length) + `${secret} `.repeat(count) + filler.repeat(after);
          const history = Array.from({ length: 9 }, () => text);
          const values: Record<string, unknown> = {
            text: text,
            member: { text },
            'late member': Object.fromEntries(history.map((one, index) => [`key ${index}`, one])),
            list: history,
          };
          const rendered = JSON.stringify(render(snapshot(values[place], limits), limits.valueBytes));
          // Four characters may be left of one that the cut goes through.
          expect(rendered).not.toContain(BODY.slice(0, 5));
        }),
        propertyRuns(),
      );
    },
    propertyMs,
  );
});
