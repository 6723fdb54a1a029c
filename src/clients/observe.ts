import { DecotelError } from '../core/decotel-error.js';
import { shared } from '../core/shared.js';
import { isAsking, mayBeRequest, observeCall } from '../spans/observe-call.js';
import { isCopyOf, observeInnerCalls } from './inner-calls.js';
import { isResource } from './resource.js';

interface Observed {
  /** The client as it is, for each proxy of it or of one of its resources. */
  readonly originals: WeakMap<object, object>;
  readonly proxies: WeakMap<object, object>;
}

const observed = shared<Observed>('observed', () => ({ originals: new WeakMap(), proxies: new WeakMap() }));

/** Resources and methods that take what looks like a model's request but are none: they count, moderate, film. */
const OTHER_CALLS =
  /^(?:countTokens|count_tokens|computeTokens|generateImages|editImage|generateVideos|compact|moderations|files|fineTuning|batches|videos|realtime|evals|graders|containers|vectorStores)$/;

/**
 * The same SDK client, seen: each model call made through it is recorded with its request, whatever the method that
 * made it returns. Inside a `@withOtel` method a single call fills that method's span; elsewhere it has a span of its own.
 *
 * Results, errors and laziness stay the SDK's. `observe(observe(client))` is `observe(client)`, the same client always
 * gives the same object, and copies made by the client itself (`withOptions()`) are observed too. A model of LangChain or
 * LlamaIndex, which calls itself, stays the same object: its calls are seen in chains and agents as well.
 *
 * @example
 * class Librarian {
 *   private readonly openai = observe(new OpenAI());
 * }
 *
 * @throws DecotelError when `client` is not an object.
 */
export function observe<T extends object>(client: T): T {
  const given: unknown = client;
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) {
    const seen = given === null ? 'null' : typeof given;
    throw new DecotelError(`observe(client): expected the client of an SDK, got ${seen}. Pass the client itself.`);
  }
  if (observed.originals.has(client)) return client;
  if (observeInnerCalls(client, observe)) {
    observed.originals.set(client, client);
    return client;
  }
  return proxyOf(client, client, false) as T;
}

/** `isOther`: below a resource whose calls are not a model's. */
function proxyOf(target: object, client: object, isOther: boolean): object {
  let proxy = observed.proxies.get(target);
  if (proxy === undefined) {
    proxy = new Proxy(target, resourceHandler(client, isOther));
    observed.proxies.set(target, proxy);
    observed.originals.set(proxy, target);
  }
  return proxy;
}

/** The client or one of its resources. Everything runs on the real object, so that its private fields work. */
function resourceHandler(client: object, isOther: boolean): ProxyHandler<object> {
  const resource: Resource = { client, methods: new WeakMap(), latest: new Map(), hasReplaced: false };
  return {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value;
      if (key === 'constructor' || isFixed(target, key)) return value;
      const isOtherHere = isOther || OTHER_CALLS.test(String(key));
      if (typeof value === 'object') return isResource(value) ? proxyOf(value, client, isOtherHere) : value;
      let method = resource.methods.get(value);
      if (method === undefined) {
        resource.hasReplaced ||= resource.latest.has(key);
        resource.latest.set(key, value);
        method = new Proxy(value, methodHandler(target, resource, key, isOtherHere));
        resource.methods.set(value, method);
      }
      return method;
    },
    /** A setter with private fields needs the real object. */
    set: (target, key, value) => Reflect.set(target, key, value, target),
  };
}

interface Resource {
  readonly client: object;
  readonly methods: WeakMap<Callable, Callable>;
  /** By name, the method that was seen last. */
  readonly latest: Map<PropertyKey, Callable>;
  /** The application put a method of its own in the place of one that it may still call: a test's spy, for instance. */
  hasReplaced: boolean;
}

/** Methods whose name, and nothing in the request, asks for a stream: `generateContentStream`, `chatStream`, `stream`. */
const STREAMING = /stream$/i;

type Callable = (...values: unknown[]) => unknown;

function methodHandler(target: object, resource: Resource, key: PropertyKey, isOther: boolean): ProxyHandler<Callable> {
  const { client } = resource;
  const streams = STREAMING.test(String(key));
  return {
    apply(method, self: unknown, values: unknown[]) {
      const original = typeof self === 'object' && self !== null ? (observed.originals.get(self) ?? self) : self;
      const body = values[0];
      const invoke = (): unknown => Reflect.apply(method, original, values);
      const asks = resource.hasReplaced ? resource : undefined;
      // A call of the method that another one replaced is part of a call that runs.
      const isInner = asks !== undefined && resource.latest.get(key) !== method && isAsking(asks);
      if (!isOther && !isInner && mayBeRequest(body)) return observeCall({ body, client, asks, streams }, invoke);
      const value = invoke();
      // A fluent method's caller goes on with what it called.
      if (value === original) return self;
      return value !== target && isCopyOf(value, client) ? observe(value) : value;
    },
  };
}

/** A proxy must give back the very value of a property that can never change. */
function isFixed(target: object, key: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  return own !== undefined && own.configurable === false && own.writable === false;
}
