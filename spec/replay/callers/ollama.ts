import type { Ollama } from 'ollama';
import type { Caller } from './caller.js';

export const ollama: Caller = {
  apis: ['ollama.chat', 'ollama.generate'],
  async prepare(recording, base) {
    const { Ollama } = await import('ollama');
    const { body } = recording.request;
    // The SDK writes into the object that it is given.
    const ask = (client: Ollama): unknown =>
      recording.shape === 'ollama_chat'
        ? client.chat(structuredClone(body) as never)
        : client.generate(structuredClone(body) as never);
    return {
      body,
      client: () => new Ollama({ host: base }),
      send: (client) => ask(client as Ollama),
      text: textOf,
      chunks: recording.expect.stream_events,
      providerName: 'ollama',
    };
  },
};

interface Readable {
  message?: { content?: string };
  response?: string;
}

function textOf(value: unknown): string {
  const { message, response } = value as Readable;
  return message?.content ?? response ?? '';
}
