/** The named texts that travel with a message: HTTP headers, message headers, members of its envelope. */
export interface Fields {
  keys(): string[];
  /** Whatever its case; undefined where there is none. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** `Headers`, `Map`, NATS's `MsgHdrs`, gRPC's `Metadata`. */
interface Accessors {
  get(name: string): unknown;
  set(name: string, value: unknown): unknown;
  keys?(): Iterable<unknown>;
  /** gRPC's `Metadata` has no `keys`. */
  getMap?(): object;
}

type Members = Record<string, unknown>;

/**
 * The fields of a carrier, found by its shape; undefined where it has none. A message has them in its `headers` (NATS,
 * Kafka, `fetch`), its `properties.headers` (AMQP), its `_meta` (MCP) or its `data` (BullMQ); a plain object is its own.
 */
export function fieldsOf(carrier: unknown, isWriting = false): Fields | undefined {
  if (!isObject(carrier)) return undefined;
  if (isAccessors(carrier)) return accessorFields(carrier);
  if (Array.isArray(carrier)) return listFields(carrier as Members[]);
  const inside = fieldsInside(carrier, isWriting);
  return inside === undefined ? memberFields(carrier) : fieldsOf(inside.fields, isWriting);
}

/** Where a message keeps its fields; undefined where `carrier` holds them itself. */
function fieldsInside(carrier: Members, isWriting: boolean): { fields: unknown } | undefined {
  const { method, params, properties, message, topic } = carrier;
  if (typeof method === 'string' && isObject(params)) return { fields: member(params, '_meta', isWriting) };
  if (isObject(carrier['_meta'])) return { fields: carrier['_meta'] };
  if ('content' in carrier && isObject(properties)) return { fields: member(properties, 'headers', isWriting) };
  if (typeof topic === 'string' && isObject(message)) return { fields: member(message, 'headers', isWriting) };
  if ('headers' in carrier) return { fields: member(carrier, 'headers', isWriting) };
  if ('attemptsMade' in carrier && isObject(carrier['data'])) return { fields: carrier['data'] };
  return undefined;
}

function member(holder: Members, name: string, isWriting: boolean): unknown {
  if (isWriting && holder[name] == null) holder[name] = {};
  return holder[name];
}

function isAccessors(value: Members): value is Members & Accessors {
  return typeof value['get'] === 'function' && typeof value['set'] === 'function';
}

function accessorFields(carrier: Accessors): Fields {
  const keys = (): string[] => [...(carrier.keys?.() ?? Object.keys(carrier.getMap?.() ?? {}))].map(String);
  return {
    keys,
    get: (name) => text(carrier.get(name)) ?? text(carrier.get(keys().find((key) => isSame(key, name)) ?? name)),
    set: (name, value) => void carrier.set(name, value),
  };
}

/** One object per header, as librdkafka's clients have them. */
function listFields(carrier: Members[]): Fields {
  return {
    keys: () => carrier.flatMap((header) => Object.keys(header)),
    get: (name) => carrier.map((header) => memberFields(header).get(name)).find((value) => value !== undefined),
    set: (name, value) => void carrier.push({ [name]: value }),
  };
}

function memberFields(carrier: Members): Fields {
  return {
    keys: () => Object.keys(carrier),
    get: (name) => {
      const own = nameIn(carrier, name);
      return text(carrier[own]) ?? text(carrier[Object.keys(carrier).find((key) => isSame(key, own)) ?? own]);
    },
    // Where a client wants bytes, its other headers are bytes.
    set: (name, value) => {
      carrier[nameIn(carrier, name)] = Object.values(carrier).some((other) => other instanceof Uint8Array)
        ? Buffer.from(value)
        : value;
    },
  };
}

/** The names of a CloudEvent's attributes are letters and digits. */
export function nameIn(carrier: object, name: string): string {
  return 'specversion' in carrier ? name.replaceAll('-', '') : name;
}

function isSame(key: string, name: string): boolean {
  return key.toLowerCase() === name.toLowerCase();
}

/** Kafka gives bytes, HTTP and gRPC may give a list; NATS's headers give '' for what is not there. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return Array.isArray(value) ? text(value[0]) : undefined;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
