import type { Provider, RequestReading, ResponseReading } from '../../src/providers/provider.js';
import {
  builtInProviders,
  providerOfClient,
  readRequest,
  readResponse,
  seamOf,
  startFold,
} from '../../src/providers/registry.js';
import { snapshot } from '../../src/core/snapshot.js';
import { fixtureFolders, fixtures } from './fixtures.js';
import { hostileValues, lazyResult } from './hostile-values.js';
import { schemaComplaints, type ContentAttribute } from './conventions.js';

/** What every provider keeps, whatever it reads. `folder` is the one of its fixtures. */
export function keepsTheProviderContract(provider: Provider, folder: string): void {
  const requests = fixtures(folder, 'request');
  const responses = fixtures(folder, 'response');
  const streams = fixtures(folder, 'stream');

  describe('as a provider', () => {
    it('is registered', () => {
      expect(builtInProviders).toContain(provider);
    });

    each(requests)('reads the request "$name"', ({ value }) => {
      const before = JSON.stringify(value);
      for (const body of [value, snapshot(value) as object]) {
        const found = readRequest(body);
        expect(found?.provider).toBe(provider);
        expectValidRequest(found?.reading);
      }
      expect(provider.request(snapshot(value) as object)?.request).toEqual(provider.request(value)?.request);
      expect(JSON.stringify(value)).toBe(before);
    });

    each(responses)('reads the response "$name"', ({ value }) => {
      const before = JSON.stringify(value);
      const found = readResponse(value);
      expect(found?.provider).toBe(provider);
      expectValidResponse(found?.reading);
      expect(JSON.stringify(value)).toBe(before);
    });

    each(responses)('keeps what the response "$name" said, whatever becomes of it', ({ value }) => {
      const response = structuredClone(value);
      const reading = provider.read(response);
      const output = JSON.stringify(provider.read(value)?.output?.());
      spoil(response);
      expect(JSON.stringify(reading?.output?.())).toBe(output);
    });

    each(streams)('folds the stream "$name", however early it ends', ({ value: chunks }) => {
      const before = JSON.stringify(chunks);
      for (let length = 1; length <= chunks.length; length++) {
        const found = startFold(chunks[0]);
        expect(found?.provider).toBe(provider);
        for (const chunk of chunks.slice(0, length)) found?.fold.add(chunk);
        expectValidResponse(found?.fold.read());
      }
      expect(JSON.stringify(chunks)).toBe(before);
    });

    const pairs = streams.flatMap(({ name, value: chunks }) => {
      const whole = responses.find((response) => response.name === name);
      return whole === undefined ? [] : [{ name, chunks, whole: whole.value }];
    });
    each(pairs)('reads the same from the stream "$name" as from the whole', ({ chunks, whole }) => {
      const fold = provider.fold(chunks[0] ?? {});
      for (const chunk of chunks) fold?.add(chunk);
      expect(plain(fold?.read())).toEqual(plain(provider.read(whole)));
    });

    it.each(fixtureFolders().filter((other) => other !== folder))('leaves %s to its own provider', (other) => {
      for (const { value } of fixtures(other, 'response')) expect(provider.read(value)).toBeUndefined();
      for (const { value } of fixtures(other, 'stream')) expect(provider.fold(value[0] ?? {})).toBeUndefined();
    });

    it.each(hostileValues())('recognises nothing in %s', (_, value) => {
      expect(readResponse(value)).toBeUndefined();
      expect(startFold(value)).toBeUndefined();
      expect(seamOf(value)).toBeUndefined();
      expect(providerOfClient(value)).toBeUndefined();
      expect(() => readRequest(value, provider)).not.toThrow();
    });

    it('reads no inherited getter of an object that is not its own', () => {
      const { value, reads } = lazyResult();
      provider.read(value);
      provider.fold(value);
      provider.seam?.(value);
      provider.request(value);
      expect(reads()).toBe(0);
    });

    each(streams)('goes on after chunks that make no sense in "$name"', ({ value: chunks }) => {
      const fold = provider.fold(chunks[0] ?? {});
      for (const chunk of chunks) {
        fold?.add(chunk);
        for (const key of Object.keys(chunk)) {
          for (const junk of [null, 1, 'x', [], {}, [null], [1], ['x'], [[]]]) fold?.add({ ...chunk, [key]: junk });
        }
        fold?.add({});
        fold?.add([]);
      }
      expectValidResponse(fold?.read());
    });
  });
}

/** `it.each`, which jest does not take for an empty list: not every provider streams. */
function each<Case extends { name: string }>(cases: Case[]): (name: string, test: (one: Case) => void) => void {
  return (name, test) => {
    for (const one of cases) it(name.replace('$name', one.name), () => test(one));
  };
}

function expectValidRequest(reading: RequestReading | undefined): void {
  expect(complaints('gen_ai.system_instructions', reading?.systemInstructions?.())).toEqual([]);
  expect(complaints('gen_ai.input.messages', reading?.input?.())).toEqual([]);
  expect(complaints('gen_ai.tool.definitions', reading?.toolDefinitions?.())).toEqual([]);
}

function expectValidResponse(reading: ResponseReading | undefined): void {
  expect(reading).toBeDefined();
  expect(complaints('gen_ai.output.messages', reading?.output?.())).toEqual([]);
  const { raw, ...counts } = reading?.usage ?? {};
  const numbers = Object.values(JSON.parse(JSON.stringify({ ...counts, ...raw })) as object);
  expect(numbers.filter((number) => typeof number !== 'number')).toEqual([]);
}

function plain(reading: ResponseReading | undefined): unknown {
  return JSON.parse(JSON.stringify({ ...reading, output: reading?.output?.() ?? null }));
}

/** Changes every text, number and list of `value` in place. */
function spoil(value: object): void {
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'object' && member !== null) spoil(member as object);
    else (value as Record<string, unknown>)[key] = 'spoilt';
  }
  if (Array.isArray(value)) value.push('spoilt');
}

function complaints(key: ContentAttribute, value: unknown): string[] {
  return value === undefined ? [] : schemaComplaints(key, value);
}
