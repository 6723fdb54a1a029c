import { toolArguments } from '../../src/providers/tool-arguments.js';

describe('toolArguments', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    [' {}', {}],
    ['{"a":', '{"a":'],
    ['[1]', '[1]'],
    ['4 + 4', '4 + 4'],
    ['', ''],
    [{ a: 1 }, { a: 1 }],
    [null, undefined],
  ])('makes an object of text that is one: %j', (value, expected) => {
    expect(toolArguments(value)).toEqual(expected);
  });
});
