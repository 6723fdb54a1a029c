import { readdirSync, readFileSync } from 'node:fs';
import { builtInDialects, dialectNamed } from '../../src/dialects/registry.js';

describe('the registry of dialects', () => {
  it('has every file of the room', () => {
    const room = `${process.cwd()}/src/dialects`;
    const isDialect = (file: string) => /^export const \w+: Dialect = /m.test(readFileSync(`${room}/${file}`, 'utf8'));
    const files = readdirSync(room).filter(isDialect);
    expect(builtInDialects.map((dialect) => `${dialect.name}.ts`).sort()).toEqual(files.sort());
  });

  it('names the dialects there are', () => {
    expect(dialectNamed('gen-ai').name).toBe('gen-ai');
    expect(() => dialectNamed('gen_ai')).toThrow(
      /^configure\(\): dialect: expected one of 'gen-ai', (?:'[\w-]+'(?:, )?)+, got 'gen_ai'\.$/,
    );
  });
});
