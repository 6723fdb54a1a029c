/* eslint-disable @typescript-eslint/no-implied-eval -- functions as written, not as the compiler of the specs writes them */
import { transformSync } from 'esbuild';
import {
  bindingNamed,
  boundNames,
  DEFAULTED,
  parameterNames,
  type AnyFunction,
} from '../../src/prompts/parameter-names.js';

/** Functions as written, not as the test's compiler writes them. */
const evaluate = (expression: string): AnyFunction => new Function(`return ${expression}`)() as AnyFunction;
const method = (definition: string): AnyFunction => evaluate(`((o) => o[Reflect.ownKeys(o)[0]])({ ${definition} })`);
/** The argument called `name`; undefined where no parameter is. */
const argumentNamed = (from: AnyFunction, args: unknown[], name: string): { value: unknown } | undefined => {
  const binding = bindingNamed(boundNames(from) ?? [], name);
  return binding && { value: binding.read(args) };
};

describe('the names of parameters', () => {
  it.each([
    ['ask(genre, reader) {}', ['genre', 'reader']],
    ['ask() {}', []],
    ['async ask(genre) {}', ['genre']],
    ['*ask(genre) {}', ['genre']],
    ['async *ask(genre) {}', ['genre']],
    ['async(genre) {}', ['genre']],
    ['get(genre) {}', ['genre']],
    ['function(genre) {}', ['genre']],
    ['class(genre) {}', ['genre']],
    ['"a (strange) name"(genre) {}', ['genre']],
    ['["a" + ")("](genre) {}', ['genre']],
    ['[`a${[1, `(${2})`].join(")")}`](genre) {}', ['genre']],
    ['[Symbol.iterator](genre) {}', ['genre']],
    ['1.5(genre) {}', ['genre']],
    ['ask(genre = "a, b)", reader = \'(\', limit = `)${[")"]}`) {}', ['genre', 'reader', 'limit']],
    ['ask(a = (1, 2), b = [3, 4], c = { d: 5, e: 6 }, f) {}', ['a', 'b', 'c', 'f']],
    ['ask(a = (x, y) => ({ x, y }), b = function (c, d) { return ")"; }, e) {}', ['a', 'b', 'e']],
    ['ask(a = /[/)]\\/,\\(/.source, b = 4 / 2, c = (1) / 2 / 1) {}', ['a', 'b', 'c']],
    ['ask(/* genre, */ reader /* = ( */, // last (\n limit) {}', ['reader', 'limit']],
    ['ask(a, ...rest) {}', ['a', 'rest']],
    ['ask({ genre, reader }, limit) {}', [undefined, 'limit']],
    ['ask([first, second], { genre } = {}, ...[third]) {}', [undefined, undefined, undefined]],
    ['ask($_, größe, \\u0061b,) {}', ['$_', 'größe', '\\u0061b']],
  ])('of the method %s', (definition, names) => {
    expect(parameterNames(method(definition))).toEqual(names);
  });

  it.each([
    ['(genre, reader) => 1', ['genre', 'reader']],
    ['genre => ({ genre })', ['genre']],
    ['async genre => genre', ['genre']],
    ['async (genre) => genre', ['genre']],
    ['async => async', ['async']],
    ['() => (a, b) => 1', []],
    ['function ask(genre) {}', ['genre']],
    ['async function* /* ( */ ask(genre) {}', ['genre']],
    ['function (genre) {}', ['genre']],
  ])('of the function %s', (expression, names) => {
    expect(parameterNames(evaluate(`(${expression})`))).toEqual(names);
  });

  it.each(['class { ask(genre) {} }', 'Math.max', '(function (genre) {}).bind(null)', 'new Proxy(() => 1, {})'])(
    'are unknown of %s',
    (expression) => {
      expect(parameterNames(evaluate(`(${expression})`))).toBeUndefined();
    },
  );

  it.each([false, true])('are read from what esbuild writes (without whitespace: %s)', (minifyWhitespace) => {
    const source = `class A { static async *ask({ genre, reader: who = 'Ann', ...more }: any, [first] = [1], limit = 3) {} }`;
    const { code } = transformSync(source, { loader: 'ts', minifyWhitespace, minifySyntax: minifyWhitespace });
    const ask = new Function(`${code}; return A.ask`)() as AnyFunction;
    expect(boundNames(ask)?.map(({ name }) => name)).toEqual(['genre', 'who', 'more', 'first', 'limit']);
  });

  it('survive minification as keys of an object', () => {
    const source = `class A { static ask({ genre, reader: who = 'Ann' }, limit) { return [genre, who, limit] } }`;
    const { code } = transformSync(`${source}; globalThis.x = A`, { minify: true, format: 'iife' });
    const ask = evaluate(`(${/ask(\(.*\)){return/.exec(code)?.[1] ?? ''} => 0)`);
    expect(argumentNamed(ask, [{ genre: 'sf', reader: 'Bo' }, 3], 'reader')).toEqual({ value: 'Bo' });
    expect(argumentNamed(ask, [{ genre: 'sf' }, 3], 'reader')).toEqual({ value: 'Ann' });
    expect(argumentNamed(ask, [{ genre: 'sf' }, 3], 'limit')).toBeUndefined();
  });
});

describe('an argument by its name', () => {
  const ask = method(
    'ask(genre = "sf", { reader: who = "Ann", library: { city }, ...more } = {}, [first, , third], limit = 2 * 3, ...rest) {}',
  );
  const args = ['crime', { reader: 'Bo', library: { city: 'Oslo' }, a: 1, b: 2 }, [1, 2, 3], undefined, 'x', 'y'];

  it.each([
    ['genre', 'crime'],
    ['who', 'Bo'],
    ['reader', 'Bo'],
    ['city', 'Oslo'],
    ['library', { city: 'Oslo' }],
    ['more', { a: 1, b: 2 }],
    ['first', 1],
    ['third', 3],
    ['rest', ['x', 'y']],
  ])('%s', (name, value) => {
    expect(argumentNamed(ask, args, name)).toEqual({ value });
  });

  it('has the default where that is a plain literal, and says so where it is computed', () => {
    expect(argumentNamed(ask, [], 'genre')).toEqual({ value: 'sf' });
    expect(argumentNamed(ask, [], 'who')).toEqual({ value: 'Ann' });
    expect(argumentNamed(ask, [], 'limit')).toEqual({ value: DEFAULTED });
    expect(argumentNamed(ask, [], 'city')).toEqual({ value: undefined });
    expect(argumentNamed(ask, [], 'unknown')).toBeUndefined();
  });

  it.each([
    ['-1.5e3', -1500],
    ['true', true],
    ['null', null],
    ['[]', []],
    ['{}', {}],
    ['`sf`', 'sf'],
  ])('with the default %s', (source, value) => {
    expect(argumentNamed(method(`ask(a = ${source}) {}`), [], 'a')).toEqual({ value });
  });
});
