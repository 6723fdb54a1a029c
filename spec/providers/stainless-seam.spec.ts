import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import type { EmitterEvent, EmitterSeam, Seam } from '../../src/core/seam.js';
import { providerOfClient, readResponse, seamOf, startFold } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';

type Answer = 'json' | 'events';

/** Answers every request with a fixture; the SDKs themselves do the rest. */
function answering(folder: string, name: string, answer: Answer): typeof fetch {
  return () => {
    const { body, type } = answer === 'json' ? whole(folder, name) : events(folder, name);
    return Promise.resolve(new Response(body, { headers: { 'content-type': type } }));
  };
}

function whole(folder: string, name: string): { body: string; type: string } {
  return { body: JSON.stringify(fixture(folder, name, 'response')), type: 'application/json' };
}

function events(folder: string, name: string): { body: string; type: string } {
  const lines = fixture(folder, name, 'stream').map((chunk) => {
    const { type } = chunk as { type?: string };
    return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(chunk)}\n\n`;
  });
  return { body: lines.join(''), type: 'text/event-stream' };
}

const openai = (name: string, answer: Answer, folder = 'openai-chat'): OpenAI =>
  new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: answering(folder, name, answer) });

const claude = (answer: Answer): Anthropic =>
  new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    openTelemetry: false,
    fetch: answering('anthropic', 'travel', answer),
  });

const chat = { model: 'gpt-5-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };
const message = { model: 'claude-sonnet-5', max_tokens: 99, messages: [{ role: 'user' as const, content: 'Hi' }] };

describe('the seam of an APIPromise', () => {
  const seam: Seam = { results: ['parse'], responses: ['asResponse'], parser: 'parseResponse' };

  it.each([
    ['openai', () => openai('weather', 'json').chat.completions.create(chat)],
    ['@anthropic-ai/sdk', () => claude('json').messages.create(message)],
  ])('of %s is where all of its methods pass', async (_, create) => {
    const promise = create();
    expect(seamOf(promise)).toEqual(seam);
    const parse = jest.spyOn(promise as unknown as { parse(): Promise<unknown> }, 'parse');
    const parseResponse = jest.spyOn(
      promise as unknown as { parseResponse(...values: unknown[]): unknown },
      'parseResponse',
    );
    await promise;
    await promise.withResponse();
    await promise.finally(() => undefined);
    expect(parse).toHaveBeenCalledTimes(3);
    expect(parseResponse).toHaveBeenCalledTimes(1);
    expect(parseResponse.mock.calls[0]?.[1]).toMatchObject({
      options: { body: { model: expect.any(String) as string } },
    });
    expect(readResponse(await promise)?.reading.operation).toBe('chat');
  });
});

describe('the seam of a Stream', () => {
  it.each([
    ['openai', async () => openai('weather', 'events').chat.completions.create({ ...chat, stream: true })],
    ['@anthropic-ai/sdk', async () => claude('events').messages.create({ ...message, stream: true })],
  ])('of %s is its own iterator', async (_, create) => {
    const stream = await create();
    const seam = seamOf(stream);
    expect(seam?.iterators).toEqual(['iterator']);
    expect(seam?.signal?.(stream)).toBe(stream.controller.signal);
    const iterator = jest.spyOn(stream as unknown as { iterator(): AsyncIterator<object> }, 'iterator');
    const chunks: object[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(iterator).toHaveBeenCalledTimes(1);
    expect(startFold(chunks[0])?.fold.read().operation).toBe('chat');
  });
});

/** Covers the emitter's method, as a watcher does; the events mean what they mean. */
function watched(stream: object, seam: EmitterSeam | undefined): EmitterEvent[] {
  const meanings: EmitterEvent[] = [];
  if (seam === undefined) return meanings;
  const emitter = stream as Record<string, (event: string, ...details: unknown[]) => unknown>;
  const original = emitter[seam.method];
  Object.defineProperty(stream, seam.method, {
    value(this: unknown, event: string, ...details: unknown[]) {
      const meaning = seam.meaning(event, details);
      if (meaning !== undefined) meanings.push(meaning);
      return original?.call(this, event, ...details);
    },
  });
  return meanings;
}

describe('the seam of an event stream', () => {
  const streams: [string, () => { done(): Promise<void> }, number][] = [
    [
      'chat.completions.stream()',
      () => openai('weather', 'events').chat.completions.stream(chat),
      fixture('openai-chat', 'weather', 'stream').length,
    ],
    [
      'responses.stream()',
      () => openai('research', 'events', 'openai-responses').responses.stream({ model: 'gpt-5', input: 'Hi' }),
      fixture('openai-responses', 'research', 'stream').length,
    ],
    // A ping is not passed on.
    [
      'messages.stream()',
      () => claude('events').messages.stream(message),
      fixture('anthropic', 'travel', 'stream').length - 1,
    ],
    [
      'beta.messages.stream()',
      () => claude('events').beta.messages.stream(message),
      fixture('anthropic', 'travel', 'stream').length - 1,
    ],
  ];

  it.each(streams)('%s emits every chunk once, then the end', async (_, start, count) => {
    const stream = start();
    const seam = seamOf(stream)?.emitter;
    expect(seam?.ended(stream)).toBe(false);
    const meanings = watched(stream, seam);
    await stream.done();
    expect(meanings.map(({ type }) => type)).toEqual([...Array<string>(count).fill('chunk'), 'end']);
    expect(seam?.ended(stream)).toBe(true);
    const chunks = meanings.flatMap((meaning) => (meaning.type === 'chunk' ? [meaning.chunk as object] : []));
    const found = startFold(chunks[0]);
    for (const chunk of chunks) found?.fold.add(chunk);
    expect(found?.fold.read().finishReasons).toHaveLength(1);
    expect(seam?.result(stream)).toBeUndefined();
  });

  it.each([
    ['chat.completions.stream()', 'chatcmpl-1'],
    ['messages.stream()', 'msg_1'],
    // Its final response is private.
    ['responses.stream()', undefined],
  ])('%s still shows its final response to who comes late', async (name, id) => {
    const [, start] = streams.find(([one]) => one === name) ?? [];
    const stream = start?.() as { done(): Promise<void> };
    await stream.done();
    const seam = seamOf(stream)?.emitter;
    expect(seam?.ended(stream)).toBe(true);
    expect(readResponse(seam?.result(stream))?.reading.id).toBe(id);
  });

  it.each(streams)('%s emits an abort, then the end', async (_, start) => {
    const stream = start() as { done(): Promise<void>; abort(): void };
    const seam = seamOf(stream)?.emitter;
    const meanings = watched(stream, seam);
    stream.abort();
    await expect(stream.done()).rejects.toThrow();
    expect(meanings.map(({ type }) => type)).toEqual(['abort', 'end']);
    expect(readResponse(seam?.result(stream))).toBeUndefined();
  });

  it('emits an error with the error itself', async () => {
    const failing = (): Promise<Response> =>
      Promise.resolve(new Response('{"error":{"message":"no"}}', { status: 400 }));
    const client = new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: failing });
    const stream = client.chat.completions.stream(chat);
    const meanings = watched(stream, seamOf(stream)?.emitter);
    const error: unknown = await stream.done().catch((failure: unknown) => failure);
    expect(meanings).toEqual([{ type: 'error', error }, { type: 'end' }]);
  });

  it('covers a run of tools, whose result is the last completion', async () => {
    const runner = openai('greeting', 'json').chat.completions.runTools({ ...chat, tools: [] });
    const seam = seamOf(runner)?.emitter;
    const meanings = watched(runner, seam);
    await runner.done();
    expect(meanings).toEqual([{ type: 'end' }]);
    expect(readResponse(seam?.result(runner))?.reading.id).toBe('chatcmpl-3');
  });
});

describe('a client', () => {
  const azure = new AzureOpenAI({ apiKey: 'none', endpoint: 'https://example.com', apiVersion: '2025-01-01' });
  const client = openai('weather', 'json');

  it.each([
    ['OpenAI', client],
    ['its copy', client.withOptions({ timeout: 1 })],
    ['AzureOpenAI', azure],
    ['its chat', client.chat],
    ['its completions', client.chat.completions],
    ['its responses', client.responses],
    ['its embeddings', client.embeddings],
  ])('of openai is known: %s', (_, value) => {
    expect(providerOfClient(value)?.name).toBe('openai');
  });

  it.each([
    ['Anthropic', claude('json')],
    ['its messages', claude('json').messages],
    ['its beta', claude('json').beta],
  ])('of @anthropic-ai/sdk is known, and where its own tracer is: %s', (_, value) => {
    expect(providerOfClient(value)).toMatchObject({ name: 'anthropic', nativeTracer: '_tracer' });
  });

  it.each([
    ['a plain object', {}],
    ['a list', []],
    ['a response', new Response('')],
  ])('is not any object: %s', (_, value) => {
    expect(providerOfClient(value)).toBeUndefined();
    expect(seamOf(value)).toBeUndefined();
  });
});
