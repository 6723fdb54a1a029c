import { problemIn, type JsonSchema } from '../../src/tools/json-schema.js';

const book: JsonSchema = {
  type: 'object',
  properties: {
    isbn: { type: 'string' },
    copies: { type: 'integer' },
    price: { type: ['number', 'null'] },
    kind: { enum: ['novel', 'essay'] },
    authors: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
    lent: { type: 'boolean' },
    note: { $ref: '#/$defs/note' },
  },
  required: ['isbn'],
  additionalProperties: false,
};

describe('arguments by plain JSON Schema', () => {
  it.each<[object, string | undefined]>([
    [{ isbn: '1' }, undefined],
    [
      { isbn: '1', copies: 2, price: null, kind: 'essay', authors: [{ name: 'Ann', age: 7 }], lent: false, note: 1 },
      undefined,
    ],
    [[], 'it must be object'],
    [{}, 'isbn is missing'],
    [{ isbn: 1 }, 'isbn must be string'],
    [{ isbn: null }, 'isbn must be string'],
    [{ isbn: '1', copies: 1.5 }, 'copies must be integer'],
    [{ isbn: '1', price: '2' }, 'price must be number or null'],
    [{ isbn: '1', kind: 'poem' }, 'kind must be one of ["novel","essay"]'],
    [{ isbn: '1', authors: {} }, 'authors must be array'],
    [{ isbn: '1', authors: [{ name: 'Ann' }, {}] }, 'authors.1.name is missing'],
    [{ isbn: '1', lent: 'no' }, 'lent must be boolean'],
    [{ isbn: '1', title: 'Dune' }, 'title is not known'],
    [JSON.parse('{"isbn":"1","__proto__":1}') as object, '__proto__ is not known'],
    [{ isbn: '1', toString: 1 }, 'toString is not known'],
  ])('%j: %s', (value, problem) => {
    expect(problemIn(value, book)).toBe(problem);
  });

  it('lets pass what it says nothing of', () => {
    expect(problemIn({ a: [1], b: null }, { type: 'object' })).toBeUndefined();
    expect(problemIn({ a: [1, 'x'] }, { properties: { a: { type: 'array' } } })).toBeUndefined();
    expect(problemIn({ a: 1 }, { properties: { a: true as unknown as JsonSchema } })).toBeUndefined();
  });
});
