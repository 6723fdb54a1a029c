import { readdirSync } from 'node:fs';
import { builtInDialects, dialectNamed } from '../../src/dialects/registry.js';

describe('the registry of dialects', () => {
  it('has every file of the room', () => {
    const files = readdirSync(`${process.cwd()}/src/dialects`).filter(
      (file) => !/^(?:dialect|registry)\.ts$/.test(file),
    );
    expect(builtInDialects.map((dialect) => `${dialect.name}.ts`).sort()).toEqual(files.sort());
  });

  it('names the dialects there are', () => {
    expect(dialectNamed('gen-ai').name).toBe('gen-ai');
    expect(() => dialectNamed('gen_ai')).toThrow("configure(): dialect: expected one of 'gen-ai', got 'gen_ai'.");
  });
});
