import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Caller } from './caller.js';

export const bedrock: Caller = {
  apis: ['bedrock.converse', 'bedrock.invoke_model'],
  async prepare(recording, base) {
    const sdk = await import('@aws-sdk/client-bedrock-runtime');
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    const { body, path } = recording.request;
    const [, modelId, operation] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(decodeURIComponent(path)) ?? [];
    if (modelId === undefined || operation === undefined) return undefined;
    const converse = { ...(withBytes(body) as object), modelId } as never;
    const invoke = { modelId, contentType: 'application/json', accept: 'application/json', body: JSON.stringify(body) };
    const commands: Record<string, () => object> = {
      converse: () => new sdk.ConverseCommand(converse),
      'converse-stream': () => new sdk.ConverseStreamCommand(converse),
      invoke: () => new sdk.InvokeModelCommand(invoke),
      'invoke-with-response-stream': () => new sdk.InvokeModelWithResponseStreamCommand(invoke),
    };
    const command = commands[operation];
    if (command === undefined) return undefined;
    return {
      body,
      client: () =>
        new sdk.BedrockRuntimeClient({
          region: 'us-east-1',
          endpoint: base,
          credentials: { accessKeyId: 'replay', secretAccessKey: 'replay' },
          maxAttempts: 1,
          // The default one speaks HTTP/2.
          requestHandler: new NodeHttpHandler(),
        }),
      send: (client) => (client as BedrockRuntimeClient).send(command() as never),
      text: textOf,
      model: modelId,
      chunks: recording.expect.stream_events,
      providerName: 'aws.bedrock',
    };
  },
};

/** What the SDK sends as base64 it takes as bytes. */
function withBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withBytes);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'bytes' && typeof member === 'string' ? Buffer.from(member, 'base64') : withBytes(member),
    ]),
  );
}

interface Readable {
  output?: { message?: { content?: { text?: string }[] } };
  contentBlockDelta?: { delta?: { text?: string } };
  body?: { transformToString(): string };
  chunk?: { bytes?: Uint8Array };
}

/** Of InvokeModel the whole body: each family has its own place for the text. */
function textOf(value: unknown): string {
  const { output, contentBlockDelta, body, chunk } = value as Readable;
  if (body !== undefined) return body.transformToString();
  if (chunk?.bytes !== undefined) return Buffer.from(chunk.bytes).toString();
  const blocks = output?.message?.content ?? [contentBlockDelta?.delta ?? {}];
  return blocks.map(({ text }) => text ?? '').join('');
}
