import OpenAI, { toFile } from 'openai';
import { observe } from '../../src/clients/observe.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { modelCall, throughEngine } from '../support/decorated.js';
import { fixture } from '../support/fixtures.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Loopback;
let reply: Reply;
let plain: OpenAI;
let client: OpenAI;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => reply);
  plain = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
  client = observe(plain);
});

afterEach(async () => {
  await server.close();
  await telemetry.stop();
  expect(openCallCount()).toBe(0);
});

const whole = (name: string): Reply => ({ body: fixture('openai-media', name, 'response') });
const inPieces = (name: string): Reply => ({ events: fixture('openai-media', name, 'stream') });
const text = (content: string): object => ({ type: 'text', content });

async function drain(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of stream) count++;
  return count;
}

/** The one span, without what is another's every time: the port and the duration. */
function recorded(name: string): Record<string, unknown> {
  expect(telemetry.spans).toHaveLength(1);
  const attributes = parsedAttributes(telemetry.span(name));
  expect(JSON.stringify(attributes)).not.toContain('UklGR');
  delete attributes['server.port'];
  delete attributes['gen_ai.response.time_to_first_chunk'];
  return attributes;
}

const PICTURE_ANSWER = {
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.provider.name': 'openai',
  'gen_ai.usage.input_tokens': 11,
  'gen_ai.usage.output_tokens': 272,
  'decotel.usage.input_tokens_details.image_tokens': 0,
  'decotel.usage.input_tokens_details.text_tokens': 11,
  'decotel.usage.total_tokens': 283,
  'gen_ai.output.messages': [
    {
      role: 'assistant',
      parts: [{ type: 'blob', modality: 'image', mime_type: 'image/webp', content: '', bytes: 26 }],
      finish_reason: 'stop',
    },
  ],
  'decotel.outcome': 'completed',
};

const SEEN_PICTURE = {
  ...PICTURE_ANSWER,
  'server.address': '127.0.0.1',
  'gen_ai.request.model': 'gpt-image-1',
  'gen_ai.output.type': 'image',
  'gen_ai.input.messages': [{ role: 'user', parts: [text('A lighthouse')] }],
};

const PICTURE = { model: 'gpt-image-1', prompt: 'A lighthouse' };

describe('pictures of OpenAI', () => {
  it('are one span, seen', async () => {
    reply = whole('lighthouse');
    const answer = await client.images.generate(PICTURE);
    expect(answer).toEqual(fixture('openai-media', 'lighthouse', 'response'));
    expect(recorded('generate_content gpt-image-1')).toEqual(SEEN_PICTURE);
  });

  it('are one span, seen in a stream', async () => {
    reply = inPieces('lighthouse');
    expect(await drain(await client.images.generate({ ...PICTURE, stream: true, partial_images: 2 }))).toBe(3);
    expect(recorded('generate_content gpt-image-1')).toEqual({
      ...SEEN_PICTURE,
      'gen_ai.request.stream': true,
      'decotel.stream.chunks': 3,
    });
  });

  it('fill the span of the method that returns them', async () => {
    reply = whole('lighthouse');
    const draw = throughEngine(function draw() {
      return client.images.generate(PICTURE);
    }, modelCall);
    await draw();
    expect(recorded('draw')).toEqual({ ...SEEN_PICTURE, 'code.function.name': 'Spec.draw' });
  });

  it('fill it without an observed client as well', async () => {
    reply = whole('lighthouse');
    const draw = throughEngine(function draw() {
      return plain.images.generate(PICTURE);
    }, modelCall);
    await draw();
    expect(recorded('draw')).toEqual({ ...SEEN_PICTURE, 'code.function.name': 'Spec.draw' });
  });

  it('are read from what a method makes of the client’s promise, though their request is not known', async () => {
    reply = whole('lighthouse');
    const draw = throughEngine(async function draw() {
      return await plain.images.generate(PICTURE);
    }, modelCall);
    await draw();
    expect(recorded('draw')).toEqual({
      ...PICTURE_ANSWER,
      'code.function.name': 'Spec.draw',
      'decotel.request.missing': true,
    });
  });

  it('are changed, of which type and size are kept', async () => {
    reply = whole('lighthouse');
    const picture = await toFile(Buffer.alloc(900, 7), 'sea.png', { type: 'image/png' });
    await client.images.edit({ ...PICTURE, image: picture });
    expect(recorded('generate_content gpt-image-1')).toEqual({
      ...SEEN_PICTURE,
      'gen_ai.input.messages': [
        {
          role: 'user',
          parts: [
            text('A lighthouse'),
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 900 },
          ],
        },
      ],
    });
  });
});

const SPEECH_ANSWER = {
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.provider.name': 'openai',
  'gen_ai.usage.input_tokens': 34,
  'gen_ai.usage.output_tokens': 8,
  'decotel.usage.input_token_details.audio_tokens': 30,
  'decotel.usage.input_token_details.text_tokens': 4,
  'decotel.usage.total_tokens': 42,
  'gen_ai.output.messages': [{ role: 'assistant', parts: [text('I liked Dune most.')], finish_reason: 'stop' }],
  'decotel.outcome': 'completed',
};

const SEEN_SPEECH = {
  ...SPEECH_ANSWER,
  'server.address': '127.0.0.1',
  'gen_ai.request.model': 'gpt-4o-transcribe',
  'gen_ai.output.type': 'text',
  'gen_ai.input.messages': [
    {
      role: 'user',
      parts: [{ type: 'blob', modality: 'audio', mime_type: 'audio/mpeg', content: '', bytes: 2000 }],
    },
  ],
};

describe('what was said, written down by OpenAI', () => {
  const question = async (): Promise<{ model: string; file: File }> => ({
    model: 'gpt-4o-transcribe',
    file: (await toFile(Buffer.alloc(2000, 7), 'talk.mp3', { type: 'audio/mpeg' })) as File,
  });

  it('is one span, seen', async () => {
    reply = whole('interview');
    const { text: words } = await client.audio.transcriptions.create(await question());
    expect(words).toBe('I liked Dune most.');
    expect(recorded('generate_content gpt-4o-transcribe')).toEqual(SEEN_SPEECH);
  });

  it('is one span, seen in a stream', async () => {
    reply = inPieces('interview');
    const stream = await client.audio.transcriptions.create({ ...(await question()), stream: true });
    expect(await drain(stream)).toBe(3);
    expect(recorded('generate_content gpt-4o-transcribe')).toEqual({
      ...SEEN_SPEECH,
      'gen_ai.request.stream': true,
      'decotel.stream.chunks': 3,
    });
  });

  it('fills the span of a method that returns the stream, though its request is not known', async () => {
    reply = inPieces('interview');
    const asked = { ...(await question()), stream: true as const };
    const write = throughEngine(async function write() {
      return await plain.audio.transcriptions.create(asked);
    }, modelCall);
    expect(await drain(await write())).toBe(3);
    expect(recorded('write')).toEqual({
      ...SPEECH_ANSWER,
      'code.function.name': 'Spec.write',
      'decotel.request.missing': true,
      'gen_ai.request.stream': true,
      'decotel.stream.chunks': 3,
    });
  });

  it('has its seconds where these are what is paid for', async () => {
    reply = whole('minutes');
    await client.audio.transcriptions.create({ ...(await question()), response_format: 'diarized_json' });
    expect(recorded('generate_content gpt-4o-transcribe')).toMatchObject({
      'decotel.usage.seconds': 4,
      'gen_ai.output.messages': [{ role: 'assistant', parts: [text('Shall we begin? Yes.')], finish_reason: 'stop' }],
    });
  });
});

describe('speech of OpenAI', () => {
  const SPEECH = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Dune' };
  const SEEN = {
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini-tts',
    'gen_ai.output.type': 'speech',
    'gen_ai.input.messages': [{ role: 'user', parts: [text('Dune')] }],
    'server.address': '127.0.0.1',
    'decotel.outcome': 'completed',
  };

  it('is one span, seen, and its bytes are the caller’s', async () => {
    reply = { bytes: Buffer.alloc(900, 7), mime: 'audio/mpeg' };
    const answer = await client.audio.speech.create(SPEECH);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(reply.bytes);
    expect(recorded('generate_content gpt-4o-mini-tts')).toEqual(SEEN);
  });

  it('fills the span of the method that returns it', async () => {
    reply = { bytes: Buffer.alloc(900, 7), mime: 'audio/mpeg' };
    const speak = throughEngine(function speak() {
      return plain.audio.speech.create(SPEECH);
    }, modelCall);
    const answer = await speak();
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(reply.bytes);
    expect(recorded('speak')).toEqual({ ...SEEN, 'code.function.name': 'Spec.speak' });
  });
});

describe('speech of OpenAI as events', () => {
  const SPEECH = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Dune', stream_format: 'sse' } as const;
  const EVENTS = [
    { type: 'speech.audio.delta', audio: Buffer.alloc(700, 7).toString('base64') },
    { type: 'speech.audio.delta', audio: Buffer.alloc(200, 7).toString('base64') },
    { type: 'speech.audio.done', usage: { input_tokens: 4, output_tokens: 31, total_tokens: 35 } },
  ];
  const SPOKEN = {
    'gen_ai.output.type': 'speech',
    'gen_ai.usage.input_tokens': 4,
    'gen_ai.usage.output_tokens': 31,
    'decotel.usage.total_tokens': 35,
    'gen_ai.output.messages': [
      {
        role: 'assistant',
        parts: [{ type: 'blob', modality: 'audio', content: '', bytes: 900 }],
        finish_reason: 'stop',
      },
    ],
    'decotel.outcome': 'completed',
  };
  const read = {
    'as a text': (answer: Response) => answer.text(),
    'from its body': (answer: Response) => new Response(answer.body).text(),
  };

  it.each(Object.entries(read))('has its tokens and its size, read %s', async (_how, whole) => {
    reply = { events: EVENTS };
    const received = await whole(await client.audio.speech.create(SPEECH));
    expect(received).toContain(EVENTS[0]?.audio);
    expect(recorded('generate_content gpt-4o-mini-tts')).toMatchObject(SPOKEN);
  });

  it('ends in the middle where it was left there', async () => {
    reply = { events: EVENTS.slice(0, 1) };
    await (await client.audio.speech.create(SPEECH)).text();
    expect(recorded('generate_content gpt-4o-mini-tts')['gen_ai.output.messages']).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'blob', modality: 'audio', content: '', bytes: 700 }],
        finish_reason: 'error',
      },
    ]);
  });
});

describe('a moderation of OpenAI', () => {
  it('has no embeddings, whoever returns it', async () => {
    reply = { body: { id: 'modr_1', model: 'omni-moderation-latest', results: [{ flagged: false }] } };
    const check = throughEngine(function check() {
      return plain.moderations.create({ model: 'omni-moderation-latest', input: 'Dune' });
    }, modelCall);
    await check();
    expect(recorded('check')).toEqual({
      'code.function.name': 'Spec.check',
      'gen_ai.operation.name': 'chat',
      'server.address': '127.0.0.1',
      'decotel.result': reply.body,
      'decotel.outcome': 'completed',
    });
  });
});

describe('a stream of a shape that nobody reads', () => {
  const UNREAD = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'm',
    'gen_ai.request.stream': true,
    'server.address': '127.0.0.1',
    'decotel.result': { beat: 2 },
    'decotel.stream.chunks': 2,
    'decotel.outcome': 'completed',
  };

  it('leaves the request, and invents nothing', async () => {
    reply = { events: [{ beat: 1 }, { beat: 2 }] };
    const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true });
    expect(await drain(stream)).toBe(2);
    expect(recorded('chat m')).toEqual(UNREAD);
  });

  it('invents nothing where a method returns it', async () => {
    reply = { events: [{ beat: 1 }, { beat: 2 }] };
    const beat = throughEngine(function beat() {
      return plain.chat.completions.create({ model: 'm', messages: [], stream: true });
    }, modelCall);
    expect(await drain(await beat())).toBe(2);
    expect(recorded('beat')).toEqual({ ...UNREAD, 'code.function.name': 'Spec.beat' });
  });
});
