import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parse } from 'protobufjs';

/** Written after the public OTLP specification 1.x: its field numbers, only the messages of traces. */
const PROTO = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10;
  repeated Event events = 11;
  uint32 dropped_events_count = 12;
  repeated Link links = 13;
  uint32 dropped_links_count = 14;
  Status status = 15;
  fixed32 flags = 16;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}
`;

const Request = parse(PROTO, { keepCase: true }).root.lookupType('ExportTraceServiceRequest');

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  /** As in OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startNanoseconds: bigint;
  endNanoseconds: bigint;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  links: { traceId: string; spanId: string }[];
  /** 0 unset, 1 ok, 2 error. */
  status: { code: number; message: string };
  scope: string;
  resource: Record<string, unknown>;
}

export interface OtlpRequest {
  path: string;
  headers: IncomingHttpHeaders;
  spans: OtlpSpan[];
}

export interface OtlpAnswer {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  delayMs?: number;
}

export interface OtlpReceiver {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly requests: OtlpRequest[];
  /** Of the requests that were answered with 200. */
  readonly spans: OtlpSpan[];
  /** Waits until so many spans have arrived; throws after two seconds. */
  arrived(count: number): Promise<OtlpSpan[]>;
  close(): Promise<void>;
}

/** A backend on loopback that takes OTLP/HTTP in protobuf; `answer` is asked for the n-th request. */
export async function otlpReceiver(answer: (index: number) => OtlpAnswer = () => ({})): Promise<OtlpReceiver> {
  const requests: OtlpRequest[] = [];
  const spans: OtlpSpan[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const received = decode(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    const { status = 200, headers = {}, delayMs = 0 } = answer(requests.length);
    requests.push({ path: request.url ?? '', headers: request.headers, spans: received });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
    if (status === 200) spans.push(...received);
    response.writeHead(status, { 'content-type': 'application/x-protobuf', ...headers }).end();
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans,
    async arrived(count) {
      const deadline = Date.now() + 2000;
      while (spans.length < count) {
        if (Date.now() > deadline) throw new Error(`${spans.length} of ${count} spans arrived`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return spans;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Wire {
  [field: string]: unknown;
}

/** The spans of one `ExportTraceServiceRequest`. */
export function decode(body: Uint8Array): OtlpSpan[] {
  const request = Request.toObject(Request.decode(body), { longs: String, arrays: true }) as Wire;
  return list(request['resource_spans']).flatMap((resourceSpans) => {
    const resource = plainAttributes((resourceSpans['resource'] as Wire | undefined)?.['attributes']);
    return list(resourceSpans['scope_spans']).flatMap((scopeSpans) => {
      const scope = text((scopeSpans['scope'] as Wire | undefined)?.['name']);
      return list(scopeSpans['spans']).map((span) => plainSpan(span, scope, resource));
    });
  });
}

function plainSpan(span: Wire, scope: string, resource: Record<string, unknown>): OtlpSpan {
  const status = (span['status'] ?? {}) as Wire;
  return {
    traceId: hex(span['trace_id']),
    spanId: hex(span['span_id']),
    parentSpanId: hex(span['parent_span_id']) || undefined,
    name: text(span['name']),
    kind: Number(span['kind'] ?? 0),
    startNanoseconds: BigInt(text(span['start_time_unix_nano']) || 0),
    endNanoseconds: BigInt(text(span['end_time_unix_nano']) || 0),
    attributes: plainAttributes(span['attributes']),
    events: list(span['events']).map((event) => ({
      name: text(event['name']),
      attributes: plainAttributes(event['attributes']),
    })),
    links: list(span['links']).map((link) => ({ traceId: hex(link['trace_id']), spanId: hex(link['span_id']) })),
    status: { code: Number(status['code'] ?? 0), message: text(status['message']) },
    scope,
    resource,
  };
}

function plainAttributes(value: unknown): Record<string, unknown> {
  return Object.fromEntries(list(value).map((pair) => [text(pair['key']), plainValue(pair['value'] as Wire)]));
}

function plainValue(value: Wire | undefined): unknown {
  if (value === undefined) return undefined;
  if ('int_value' in value) return Number(value['int_value']);
  if ('array_value' in value) return list((value['array_value'] as Wire)['values']).map(plainValue);
  if ('kvlist_value' in value) return plainAttributes((value['kvlist_value'] as Wire)['values']);
  return value['string_value'] ?? value['bool_value'] ?? value['double_value'] ?? value['bytes_value'];
}

function list(value: unknown): Wire[] {
  return (value as Wire[] | undefined) ?? [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function hex(value: unknown): string {
  return value === undefined ? '' : Buffer.from(value as Uint8Array).toString('hex');
}
