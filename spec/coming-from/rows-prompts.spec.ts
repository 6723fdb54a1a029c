/* eslint-disable @typescript-eslint/no-unused-vars -- templates read parameters */
/** Prompts as users of other systems expect them; each spec is the end-to-end check of the row that it names. */
import '../support/exporter-in-jest.js';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { configure, otlp, type DecotelHandle } from '../../src/configure.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { definePrompt } from '../../src/prompts/define-prompt.js';
import { promptMessages } from '../../src/prompts/prompt-text.js';
import { cleanProcess } from '../support/clean-process.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { anthropicMessage, openAiCompletion } from '../support/wire.js';

let server: Loopback;
let backend: OtlpReceiver;
let handle: DecotelHandle;
let anthropic: Anthropic;
let openai: OpenAI;

beforeEach(async () => {
  server = await loopback((path) => ({
    body: path.includes('/messages') ? anthropicMessage('Dune') : openAiCompletion('Dune'),
  }));
  backend = await otlpReceiver();
  handle = configure({ processors: [otlp({ url: `${backend.url}/v1/traces`, batch: false })] });
  anthropic = observe(new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 }));
  openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
});

afterEach(async () => {
  await cleanProcess(handle);
  await server.close();
  await backend.close();
});

/** The attributes of the one span that was exported, those of the prompt and of what was sent. */
async function exportedPrompt(): Promise<Record<string, unknown>> {
  await handle.forceFlush();
  const [span, ...more] = await backend.arrived(1);
  expect(more).toEqual([]);
  const kept = Object.entries(span?.attributes ?? {}).filter(([key]) =>
    /prompt|input\.messages|instructions/.test(key),
  );
  backend.spans.length = 0;
  return Object.fromEntries(kept);
}

async function versionOf(call: () => Promise<unknown>): Promise<unknown> {
  await call();
  return (await exportedPrompt())['gen_ai.prompt.version'];
}

class Librarian {
  readonly shelves = ['sf', 'crime'];

  constructor(private readonly reader: string) {}

  get greeting(): string {
    return `Dear ${this.reader}`;
  }

  @withOtel()
  @promptTemplate('Recommend a {genre} book')
  async recommendBook(genre: string) {
    return anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 1024, messages: promptMessages() });
  }

  @withOtel()
  @promptTemplate({
    template: `
      SYSTEM: {this.greeting}, you know these shelves:
      {this.shelves:list}
      USER: Recommend a {genre} book by {year}
    `,
    params: { year: () => 1965 },
  })
  async recommendFromShelves(genre: string) {
    const { choices } = await openai.chat.completions.create({ model: 'gpt-5-mini', messages: promptMessages() });
    return choices[0]?.message.content;
  }

  @withOtel()
  @promptTemplate({
    template: 'Recommend a {genre} book',
    name: 'recommend-book',
    version: '3',
    metadata: { team: 'books', reviewed: true, revision: 3 },
    tags: ['production'],
  })
  async recommendLinked(genre: string) {
    return openai.chat.completions.create({ model: 'gpt-5-mini', messages: promptMessages() });
  }
}

const librarian = new Librarian('Ann');

describe('prompts of other systems', () => {
  it('row 3: records the template raw, its variables and what was sent', async () => {
    await librarian.recommendBook('fantasy');
    expect(server.requests[0]?.body).toMatchObject({
      messages: [{ role: 'user', content: 'Recommend a fantasy book' }],
    });
    expect(await exportedPrompt()).toEqual({
      'gen_ai.prompt.version': '9f9eb78b6c13',
      'decotel.prompt.template': 'Recommend a {genre} book',
      'gen_ai.prompt.variable.genre': 'fantasy',
      'decotel.prompt.rendered': 'Recommend a fantasy book',
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: 'Recommend a fantasy book' }] },
      ]),
    });
  });

  it('row 3: reads properties, getters, lists and computed values of the instance', async () => {
    await librarian.recommendFromShelves('sf');
    const system = 'Dear Ann, you know these shelves:\nsf\ncrime';
    const user = 'Recommend a sf book by 1965';
    expect(server.requests[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
    });
    expect(await exportedPrompt()).toEqual({
      'gen_ai.prompt.version': expect.stringMatching(/^[0-9a-f]{12}$/),
      'decotel.prompt.template':
        'SYSTEM: {this.greeting}, you know these shelves:\n{this.shelves:list}\nUSER: Recommend a {genre} book by {year}',
      'gen_ai.prompt.variable.this.greeting': 'Dear Ann',
      'gen_ai.prompt.variable.this.shelves': '["sf","crime"]',
      'gen_ai.prompt.variable.genre': 'sf',
      'gen_ai.prompt.variable.year': '1965',
      'decotel.prompt.rendered': `SYSTEM: ${system}\nUSER: ${user}`,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'system', parts: [{ type: 'text', content: system }] },
        { role: 'user', parts: [{ type: 'text', content: user }] },
      ]),
    });
  });

  it('row 17: the same text has the same version, an edited one another', async () => {
    const ask = (template: string) => {
      const prompt = definePrompt(template);
      return withOtel({ name: 'ask' })(async () =>
        anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 9, messages: prompt.messages() }),
      );
    };
    const version = await versionOf(() => librarian.recommendBook('fantasy'));
    const again = await versionOf(() => librarian.recommendBook('crime'));
    const one = await versionOf(ask('Recommend a book'));
    const same = await versionOf(ask('\n  Recommend a book\n'));
    const edited = await versionOf(ask('Recommend a good book'));
    expect([version, again]).toEqual(['9f9eb78b6c13', '9f9eb78b6c13']);
    expect(same).toBe(one);
    expect(new Set([version, one, edited]).size).toBe(3);
  });

  it('row 39: name and version of a managed prompt are on the span, and what it is filed under', async () => {
    await librarian.recommendLinked('fantasy');
    expect(await exportedPrompt()).toEqual({
      'gen_ai.prompt.name': 'recommend-book',
      'gen_ai.prompt.version': '3',
      'decotel.prompt.metadata.team': 'books',
      'decotel.prompt.metadata.reviewed': true,
      'decotel.prompt.metadata.revision': 3,
      'decotel.prompt.tags': ['production'],
      'decotel.prompt.template': 'Recommend a {genre} book',
      'gen_ai.prompt.variable.genre': 'fantasy',
      'decotel.prompt.rendered': 'Recommend a fantasy book',
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: 'Recommend a fantasy book' }] },
      ]),
    });
  });
});
