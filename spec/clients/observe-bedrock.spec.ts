import {
  BedrockRuntime,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  ModelStreamErrorException,
  ThrottlingException,
  type BedrockRuntimeClientConfig,
  type ConverseCommandInput,
  type ConverseStreamCommandOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { modelCall, throughEngine } from '../support/decorated.js';
import { eventStreamMessage } from '../support/event-stream.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Server;
let reply: (response: ServerResponse, path: string) => void;
let client: BedrockRuntimeClient;

const MODEL = 'eu.amazon.nova-lite-v1:0';
const INPUT: ConverseCommandInput = {
  modelId: MODEL,
  messages: [{ role: 'user', content: [{ text: 'Which book?' }] }],
  inferenceConfig: { maxTokens: 50 },
};

const USAGE = { inputTokens: 12, outputTokens: 7, totalTokens: 27, cacheReadInputTokens: 8 };
const ANSWER = {
  output: { message: { role: 'assistant', content: [{ text: 'Dune' }] } },
  stopReason: 'end_turn',
  usage: USAGE,
};

const event = (name: string, body: unknown): Buffer => eventStreamMessage('event', name, body);
const text = (piece: string): Buffer => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: piece } });
const START = event('messageStart', { role: 'assistant' });
const END = [event('messageStop', { stopReason: 'end_turn' }), event('metadata', { usage: USAGE })];

const asJson = (response: ServerResponse, body: unknown, status = 200, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const asEvents = (response: ServerResponse, ...messages: Buffer[]): void => {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(Buffer.concat(messages));
};

const options = (): BedrockRuntimeClientConfig => ({
  region: 'eu-central-1',
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'k', secretAccessKey: 's' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
});

beforeEach(async () => {
  telemetry = startTelemetry();
  server = createServer((request, response) => {
    request.resume().on('end', () => reply(response, request.url ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new BedrockRuntimeClient(options());
  reply = (response, path) => {
    if (path.endsWith('/converse-stream')) asEvents(response, START, text('Du'), text('ne'), ...END);
    else asJson(response, ANSWER);
  };
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await telemetry.stop();
});

const ANSWERED = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'aws.bedrock',
  'gen_ai.response.finish_reasons': ['end_turn'],
  'gen_ai.usage.input_tokens': 20,
  'gen_ai.usage.cache_read.input_tokens': 8,
  'gen_ai.usage.output_tokens': 7,
  'gen_ai.output.messages': [
    { role: 'assistant', parts: [{ type: 'text', content: 'Dune' }], finish_reason: 'end_turn' },
  ],
  'decotel.outcome': 'completed',
};
const ASKED = {
  'gen_ai.request.model': MODEL,
  'gen_ai.request.max_tokens': 50,
  'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Which book?' }] }],
};

async function readText({ stream }: ConverseStreamCommandOutput): Promise<string> {
  let said = '';
  for await (const { contentBlockDelta } of stream ?? []) said += contentBlockDelta?.delta?.text ?? '';
  return said;
}

describe('a returned ConverseStream', () => {
  const streamed = (input: ConverseCommandInput): Promise<ConverseStreamCommandOutput> =>
    client.send(new ConverseStreamCommand(input));

  it('is the object that the SDK made, and ends the call when its stream ends', async () => {
    let sent: unknown;
    const ask = throughEngine(async function ask() {
      const answer = await client.send(new ConverseStreamCommand(INPUT));
      sent = answer;
      return answer;
    }, modelCall);
    const answer = await ask();
    expect(answer).toBe(sent);
    expect(openCallCount()).toBe(1);
    expect(await readText(answer)).toBe('Dune');
    expect(parsedAttributes(telemetry.span('ask'))).toMatchObject({
      ...ANSWERED,
      'gen_ai.request.stream': true,
      'decotel.stream.chunks': 5,
      'decotel.request.missing': true,
    });
    expect(telemetry.complaints.splice(0)).toEqual([expect.stringContaining('whose request is not known')]);
  });

  it('is cancelled by a break', async () => {
    const ask = throughEngine(streamed, modelCall);
    for await (const { contentBlockDelta } of (await ask(INPUT)).stream ?? [])
      if (contentBlockDelta !== undefined) break;
    const { attributes } = telemetry.span('streamed');
    expect(attributes['decotel.outcome']).toBe('cancelled');
    expect(attributes['gen_ai.usage.input_tokens']).toBeUndefined();
    expect(attributes['gen_ai.output.messages']).toContain('"Du"');
  });

  it('fails with an exception that arrives inside it, after what had come', async () => {
    reply = (response) =>
      asEvents(
        response,
        START,
        text('Du'),
        eventStreamMessage('exception', 'modelStreamErrorException', { message: 'The model gave up.' }),
      );
    const ask = throughEngine(streamed, modelCall);
    await expect(ask(INPUT).then(readText)).rejects.toThrow(ModelStreamErrorException);
    expect(parsedAttributes(telemetry.span('streamed'))).toMatchObject({
      'error.type': 'ModelStreamErrorException',
      'decotel.outcome': 'error',
      'decotel.stream.chunks': 2,
      'gen_ai.output.messages': [{ parts: [{ type: 'text', content: 'Du' }], finish_reason: 'error' }],
    });
  });

  it('knows its request where that was an argument', async () => {
    const ask = throughEngine(function ask(input: ConverseCommandInput) {
      return client.send(new ConverseCommand(input));
    }, modelCall);
    await ask(INPUT);
    expect(parsedAttributes(telemetry.span('ask'))).toMatchObject({ ...ANSWERED, ...ASKED });
    expect(telemetry.span('ask').attributes['decotel.request.missing']).toBeUndefined();
  });
});

describe('an observed client', () => {
  it('is still what it was', () => {
    expect(observe(client)).toBeInstanceOf(BedrockRuntimeClient);
    expect(observe(client).config).toBe(client.config);
    expect(observe(client).middlewareStack).toBe(client.middlewareStack);
  });

  it('fills the span of the method that reads the stream', async () => {
    const seen = observe(client);
    const ask = throughEngine(async function ask() {
      return readText(await seen.send(new ConverseStreamCommand(INPUT)));
    }, modelCall);
    expect(await ask()).toBe('Dune');
    expect(telemetry.spans).toHaveLength(1);
    expect(parsedAttributes(telemetry.span('ask'))).toMatchObject({
      ...ANSWERED,
      ...ASKED,
      'gen_ai.request.stream': true,
    });
  });

  it('sees a command that is sent twice, twice, and leaves it as it was', async () => {
    const command = new ConverseCommand(INPUT);
    const before = Object.entries(command);
    await observe(client).send(command);
    await observe(client).send(command);
    expect(Object.entries(command)).toEqual(before);
    expect(telemetry.spans.map(({ name }) => name)).toEqual([`chat ${MODEL}`, `chat ${MODEL}`]);
    for (const span of telemetry.spans) expect(parsedAttributes(span)).toMatchObject({ ...ANSWERED, ...ASKED });
  });

  it('sees the methods of the aggregated client, once', async () => {
    const aggregated = new BedrockRuntime(options());
    await observe(aggregated).converse(INPUT);
    await observe(aggregated).invokeModel({ modelId: MODEL, body: JSON.stringify({ messages: INPUT.messages }) });
    aggregated.destroy();
    const [first, second, ...others] = telemetry.spans.map(parsedAttributes);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ ...ANSWERED, ...ASKED });
    expect(second).toMatchObject({
      ...ANSWERED,
      'gen_ai.request.model': MODEL,
      'gen_ai.input.messages': ASKED['gen_ai.input.messages'],
    });
  });

  it('reads the body of InvokeModel, in and out, and leaves the bytes to the caller', async () => {
    const body = {
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const answer = { type: 'message', role: 'assistant', id: 'msg_1', content: [], stop_reason: 'end_turn' };
    reply = (response) => asJson(response, answer);
    const command = new InvokeModelCommand({ modelId: MODEL, body: new TextEncoder().encode(JSON.stringify(body)) });
    const given = await observe(client).send(command);
    expect(JSON.parse(given.body.transformToString())).toEqual(answer);
    expect(parsedAttributes(telemetry.span(`chat ${MODEL}`))).toMatchObject({
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': MODEL,
      'gen_ai.request.max_tokens': 9,
      'gen_ai.response.id': 'msg_1',
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    });
  });

  it('keeps request and provider of a call that fails', async () => {
    reply = (response) =>
      asJson(response, { message: 'Slow down' }, 429, { 'x-amzn-errortype': 'ThrottlingException' });
    await expect(observe(client).send(new ConverseStreamCommand(INPUT))).rejects.toThrow(ThrottlingException);
    expect(parsedAttributes(telemetry.span(`chat ${MODEL}`))).toMatchObject({
      ...ASKED,
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.stream': true,
      'error.type': 'ThrottlingException',
      'decotel.outcome': 'error',
    });
  });

  it('leaves other commands alone', async () => {
    reply = (response) => asJson(response, { inputTokens: 5 });
    const command = new CountTokensCommand({ modelId: MODEL, input: { converse: { messages: INPUT.messages } } });
    expect((await observe(client).send(command)).inputTokens).toBe(5);
    expect(telemetry.spans).toEqual([]);
  });
});
