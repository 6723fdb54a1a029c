import OpenAI from 'openai';
import { observe } from '../../src/clients/observe.js';
import { agentCall, modelCall, plainCall, throughEngine } from '../support/decorated.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { openAiCompletion } from '../support/wire.js';

let telemetry: Telemetry;
let server: Loopback;
let openai: OpenAI;

const ask = (content = 'SECRETPROMPT'): Promise<OpenAI.ChatCompletion> =>
  openai.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content }] });

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback(() => ({ body: openAiCompletion('SECRETANSWER') }));
  openai = observe(new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 }));
});

afterEach(async () => {
  await server.close();
  await telemetry.stop();
});

const recorded = (): string =>
  JSON.stringify(telemetry.spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]));

describe('content that a decorator switched off', () => {
  it('stays off for the calls inside, however deep, and for one that outlives the method', async () => {
    const off = { content: false } as const;
    const agent = throughEngine(
      async function agent() {
        return (await ask()).choices.length;
      },
      agentCall,
      off,
    );
    const inner = throughEngine(async function inner() {
      await ask();
    }, plainCall);
    const nested = throughEngine(
      async function nested() {
        await inner();
        return 'done';
      },
      modelCall,
      off,
    );
    let late: Promise<unknown> | undefined;
    const leaving = throughEngine(
      async function leaving() {
        late = new Promise((resolve) => setTimeout(resolve, 10)).then(() => ask());
        return 'left';
      },
      modelCall,
      off,
    );
    await agent();
    await nested();
    await leaving();
    await late;
    expect(telemetry.spans.length).toBeGreaterThanOrEqual(6);
    expect(recorded()).not.toMatch(/SECRET/);
  });

  it('takes what tools were given and gave out of messages, and leaves the rest', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { content: { input: true, output: true, tools: false, retrieval: true } } });
    await openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [
        { role: 'user', content: 'Pay' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'pay', arguments: '{"card":"SECRETCARD"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'SECRETRESULT' },
      ],
    });
    const [span] = telemetry.spans;
    expect(span && parsedAttributes(span)['gen_ai.input.messages']).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Pay' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'pay' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: null }] },
    ]);
    expect(recorded()).toContain('SECRETANSWER');
  });
});

describe('what an observed call is counted as', () => {
  it('is one call where the method returns a copy of its response', async () => {
    const copy = throughEngine(async function copy() {
      return { ...(await ask()), extra: 1 };
    }, modelCall);
    const final = throughEngine(async function final() {
      return openai.chat.completions
        .stream({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hi' }] })
        .finalChatCompletion()
        .catch(() => undefined);
    }, modelCall);
    await copy();
    expect(telemetry.spans.map((span) => span.name)).toEqual(['copy']);
    expect(telemetry.spans[0]?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.request.model': 'gpt-5-mini',
    });
    expect(telemetry.spans[0]?.attributes['decotel.request.missing']).toBeUndefined();
    await final();
  });
});

describe('the names of model calls', () => {
  it('are the conventions’ where the application asks for them', async () => {
    await telemetry.stop();
    telemetry = startTelemetry({ settings: { spanNames: 'semconv' } });
    const question = throughEngine(async function question() {
      return ask();
    }, modelCall);
    await question();
    expect(telemetry.spans.map((span) => span.name)).toEqual(['chat gpt-5-mini']);
  });
});

describe('a span', () => {
  it('is written even where its description fails, and masks its name', () => {
    const metadata = {
      get user(): string {
        throw new Error('outside a request');
      },
    };
    expect(
      throughEngine(
        function described() {
          return 1;
        },
        plainCall,
        { metadata },
      )(),
    ).toBe(1);
    expect(telemetry.span('described').attributes['decotel.outcome']).toBe('completed');
    const named = { ...plainCall, spanName: () => `job sk-${'a'.repeat(30)}` };
    throughEngine(function job() {
      return 1;
    }, named)();
    expect(telemetry.spans.map((span) => span.name)).toEqual(['described', 'job [masked]']);
  });

  it('runs no getter of what a method returned, and ends a fluent method at once', () => {
    const touched = jest.fn();
    const lazy = throughEngine(function lazy() {
      return {
        at: 1,
        get answer(): string {
          touched();
          return 'x';
        },
      };
    });
    lazy();
    expect(telemetry.span('lazy').attributes['decotel.result']).toBe('{"at":1,"answer":"[getter]"}');
    expect(touched).not.toHaveBeenCalled();
    const builder = {
      add: throughEngine(function add(this: object) {
        return this;
      }),
      [Symbol.asyncIterator]: async function* () {
        yield 1;
      },
    };
    expect(builder.add()).toBe(builder);
    expect(telemetry.span('add').attributes['decotel.outcome']).toBe('completed');
  });
});
