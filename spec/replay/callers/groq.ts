import type { Groq } from 'groq-sdk';
import type { Caller } from './caller.js';
import { textOf } from './openai.js';

export const groq: Caller = {
  apis: ['groq.chat'],
  async prepare(recording, base) {
    const { Groq } = await import('groq-sdk');
    const { body } = recording.request;
    return {
      body,
      client: () => new Groq({ baseURL: base, apiKey: 'replay', maxRetries: 0, timeout: 60_000, logLevel: 'off' }),
      send: (client) => (client as Groq).chat.completions.create(body as never),
      text: textOf,
      chunks: recording.expect.stream_events,
      providerName: 'groq',
    };
  },
};
