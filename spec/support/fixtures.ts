import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', 'fixtures');

export type FixtureKind = 'request' | 'response' | 'stream';

export interface Fixture {
  /** The case's name. */
  name: string;
  value: object;
}

/** The fixtures of one provider; the value of a stream is the list of its chunks. */
export function fixtures(folder: string, kind: 'stream'): { name: string; value: object[] }[];
export function fixtures(folder: string, kind: 'request' | 'response'): Fixture[];
export function fixtures(folder: string, kind: FixtureKind): Fixture[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.split('.')[1] === kind)
    .map((file) => ({ name: file.split('.', 1)[0] ?? '', value: read(join(ROOT, folder, file)) }));
}

export function fixture(folder: string, name: string, kind: 'stream'): object[];
export function fixture(folder: string, name: string, kind: 'request' | 'response'): object;
export function fixture(folder: string, name: string, kind: FixtureKind): object {
  return read(join(ROOT, folder, `${name}.${kind}.${kind === 'stream' ? 'jsonl' : 'json'}`));
}

export function fixtureFolders(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function read(file: string): object {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.jsonl')) return JSON.parse(text, withBytes) as object;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, withBytes) as object);
}

/** `{ "$bytes": … }` stands for the bytes of a JSON text, where an SDK has those. */
function withBytes(_key: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && '$bytes' in value;
  return isBytes ? new TextEncoder().encode(JSON.stringify(value.$bytes)) : value;
}
