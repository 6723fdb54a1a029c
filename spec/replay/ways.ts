import { observe, withOtel } from 'decotel';
import type { PreparedCall } from './callers/caller.js';

/**
 * How a recording is called. `returned`: a method returns what the SDK's method returned. `observed`: an async method
 * asks through `observe(client)` and returns only the text. The others: likewise, through the SDK's stream helper.
 */
export const WAYS = ['returned', 'observed', 'helper', 'observed-helper'] as const;
export type Way = (typeof WAYS)[number];

export const isObserved = (way: Way): boolean => way.startsWith('observed');
export const usesHelper = (way: Way): boolean => way.endsWith('helper');

/** What reached whoever asked: the response or the chunks as JSON, and the error that ended them. */
export interface Delivery {
  values: string[];
  failed: boolean;
  error?: unknown;
  /** What decotel changed on the way. */
  changed?: string;
}

/** Calls without decotel: what every decorated call has to deliver too. */
export function deliverBare(call: PreparedCall, helper: boolean): Promise<Delivery> {
  const send = senderOf(call, helper);
  const client = call.client({ selfTracing: false });
  return receive(() => send(client));
}

export function deliverDecorated(call: PreparedCall, way: Way): Promise<Delivery> {
  const send = senderOf(call, usesHelper(way));
  return isObserved(way) ? askForText(call, send) : askForAnswer(call, send);
}

function senderOf(call: PreparedCall, helper: boolean): (client: object) => unknown {
  return (client) => (helper ? call.sendByHelper?.(client) : call.send(client));
}

class Returning {
  sent: unknown;

  constructor(private readonly send: () => unknown) {}

  @withOtel()
  ask(): unknown {
    return (this.sent = this.send());
  }
}

async function askForAnswer(call: PreparedCall, send: (client: object) => unknown): Promise<Delivery> {
  const client = call.client({ selfTracing: true });
  const asker = new Returning(() => send(client));
  const answer = asker.ask();
  const delivery = await receive(() => answer);
  if (!(await isSame(answer, asker.sent))) delivery.changed = 'the method returned another object than the SDK';
  else if (delivery.failed && isThenable(answer)) {
    // Undefined where the promise gave a stream and the stream failed.
    const again = await rejectionOf(answer);
    if (again !== undefined && again !== delivery.error) delivery.changed = 'the promise rejects with several errors';
  }
  return delivery;
}

/** In place of a native promise comes another one, which settles alike; in place of a web stream one of its class. */
async function isSame(answer: unknown, sent: unknown): Promise<boolean> {
  if (answer === sent || !isNativePromise(answer) || !isNativePromise(sent)) return answer === sent;
  const [one, other] = await Promise.all([answer, sent].map((promise) => promise.catch((error: unknown) => error)));
  return one === other || (areWebStreams(one, other) && Object.getPrototypeOf(one) === Object.getPrototypeOf(other));
}

function areWebStreams(...values: unknown[]): boolean {
  return values.every((value) => value instanceof ReadableStream);
}

function isNativePromise(value: unknown): value is Promise<unknown> {
  return isThenable(value) && Object.getPrototypeOf(value) === Promise.prototype;
}

class Observing {
  readonly inside: Delivery = { values: [], failed: false };

  constructor(
    private readonly send: () => unknown,
    private readonly text: (value: unknown) => string,
  ) {}

  @withOtel()
  async askForText(): Promise<string> {
    let text = '';
    await receive(this.send, this.inside, (value) => (text += this.text(value)));
    if (this.inside.failed) throw this.inside.error;
    return text;
  }
}

async function askForText(call: PreparedCall, send: (client: object) => unknown): Promise<Delivery> {
  const client = observe(call.client({ selfTracing: true }));
  const asker = new Observing(
    () => send(client),
    (value) => call.text(value),
  );
  try {
    await asker.askForText();
  } catch (error) {
    if (!asker.inside.failed) return { ...asker.inside, failed: true, error };
    if (error !== asker.inside.error) asker.inside.changed = 'the caller got another error than the method threw';
  }
  return asker.inside;
}

/** Awaits and, where it is a stream, reads everything. Values are kept as JSON at once: some SDKs reuse objects. */
async function receive(
  send: () => unknown,
  delivery: Delivery = { values: [], failed: false },
  each?: (value: unknown) => void,
): Promise<Delivery> {
  const keep = (value: unknown): void => {
    delivery.values.push(JSON.stringify(value));
    each?.(value);
  };
  try {
    const answer = await send();
    const stream = streamIn(answer);
    if (stream === undefined) keep(answer);
    else for await (const chunk of stream) keep(chunk);
  } catch (error) {
    delivery.failed = true;
    delivery.error = error;
  }
  return delivery;
}

/** The stream that an SDK's answer is, or that it holds as a member; undefined where there is none. */
export function streamIn(answer: unknown): AsyncIterable<unknown> | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  return [answer, ...(Object.values(answer) as unknown[])].find(isAsyncIterable);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

async function rejectionOf(value: PromiseLike<unknown>): Promise<unknown> {
  try {
    await value;
  } catch (error) {
    return error;
  }
  return undefined;
}
