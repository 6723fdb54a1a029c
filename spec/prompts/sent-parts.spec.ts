/* eslint-disable @typescript-eslint/no-unused-vars -- templates read parameters */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { promptMessages } from '../../src/prompts/prompt-text.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicMessage, openAiCompletion } from '../support/wire.js';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(4000, 'book cover')]);
const DATA = PNG.toString('base64');
const TEMPLATE = 'Describe {cover:image} in {language}';

class Describer {
  constructor(
    private readonly openai: OpenAI,
    private readonly anthropic: Anthropic,
  ) {}

  @withOtel()
  @promptTemplate(TEMPLATE)
  async describe(cover: Uint8Array, language: string) {
    return this.openai.chat.completions.create({ model: 'gpt-5-mini', messages: promptMessages({}, 'openai') });
  }

  @withOtel()
  @promptTemplate(TEMPLATE)
  async describeByClaude(cover: Uint8Array, language: string) {
    return this.anthropic.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 9,
      messages: promptMessages({}, 'anthropic'),
    });
  }
}

let telemetry: Telemetry;
let server: Loopback;
let describer: Describer;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((path) => ({
    body: path.includes('/messages') ? anthropicMessage('A desert.') : openAiCompletion('A desert.'),
  }));
  describer = new Describer(
    observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 })),
    observe(new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 })),
  );
});
afterEach(async () => {
  await server.close();
  await telemetry.stop();
});

const MEDIA = JSON.stringify({ type: 'blob', mime_type: 'image/png', bytes: PNG.byteLength });

it.each([
  ['describe', { type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }],
  ['describeByClaude', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } }],
] as const)('%s sends the image in the shape of its SDK, and records its type and size', async (method, image) => {
  await describer[method](PNG, 'Norwegian');
  expect(server.requests[0]?.body).toMatchObject({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Describe' }, image, { type: 'text', text: 'in Norwegian' }] },
    ],
  });
  const { attributes } = telemetry.span(method);
  expect(attributes).toMatchObject({
    'decotel.prompt.template': TEMPLATE,
    'decotel.prompt.rendered': `Describe ${MEDIA} in Norwegian`,
    'gen_ai.prompt.variable.cover': MEDIA,
    'gen_ai.prompt.variable.language': 'Norwegian',
  });
  expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toMatchObject([
    {
      role: 'user',
      parts: [
        { type: 'text', content: 'Describe' },
        { type: 'blob', mime_type: 'image/png', bytes: PNG.byteLength },
        { type: 'text', content: 'in Norwegian' },
      ],
    },
  ]);
  expect(JSON.stringify(attributes)).not.toContain(DATA.slice(0, 40));
});
