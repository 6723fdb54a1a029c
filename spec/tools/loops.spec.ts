import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI, type Content } from '@google/genai';
import OpenAI from 'openai';
import { z } from 'zod';
import { observe } from '../../src/clients/observe.js';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { callTools } from '../../src/tools/call-tool.js';
import { toolsOf } from '../../src/tools/tools-of.js';
import { VERSIONS } from '../support/ai-sdk.js';
import { loopback, type Loopback, type Reply } from '../support/loopback.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';
import { anthropicMessage, openAiCompletion } from '../support/wire.js';

/** A model that asks for two tools and answers when it has what they gave, in each provider's documented format. */
let telemetry: Telemetry;
let server: Loopback;
let replies: object[];

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((_path, _body, index): Reply => ({ body: replies[index] }));
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

const Isbn = z.object({ isbn: z.string() });
const CALLS = [
  { id: 'call_1', name: 'lookUp', given: { isbn: '1', __confidence__: 0.9 } },
  { id: 'call_2', name: 'stock', given: { isbn: 1 } },
];
const PROBLEM = 'The arguments of stock do not fit: isbn: Invalid input: expected string, received number.';
const DUNE = '{"title":"Dune"}';

abstract class Librarian {
  protected readonly url = server.url;

  @tool({ description: 'Looks a book up', input: Isbn })
  lookUp({ isbn }: { isbn: string }): object {
    return isbn === '1' ? { title: 'Dune' } : {};
  }
  @tool({ description: 'Counts copies', input: Isbn })
  stock(_given: { isbn: string }): number {
    return 3;
  }
  abstract run(question: string): Promise<string>;
}

/** Asks, and what it comes to: the spans, and what the model was told. */
async function told(librarian: Librarian): Promise<Record<string, unknown>> {
  expect(await librarian.run('Which book is 1?')).toBe('Dune');
  const run = telemetry.span('invoke_agent run');
  const lookUp = telemetry.span('execute_tool lookUp');
  expect(parsedAttributes(lookUp)).toMatchObject({
    'gen_ai.tool.description': 'Looks a book up',
    'gen_ai.tool.call.arguments': { isbn: '1' },
    'gen_ai.tool.call.result': { title: 'Dune' },
    'decotel.tool.confidence': 0.9,
  });
  expect(lookUp.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  const attributes = parsedAttributes(run);
  expect(attributes['decotel.agent.tools']).toEqual(['lookUp', 'stock']);
  const parameters = { type: 'object', properties: { isbn: { type: 'string' } }, required: ['isbn'] };
  expect(attributes['gen_ai.tool.definitions']).toEqual([
    { type: 'function', name: 'lookUp', description: 'Looks a book up', parameters },
    { type: 'function', name: 'stock', description: 'Counts copies', parameters },
  ]);
  // The second was refused: nothing ran.
  expect(telemetry.spans.filter((one) => one.name.startsWith('execute_tool'))).toHaveLength(1);
  return {
    id: lookUp.attributes['gen_ai.tool.call.id'],
    asked: (server.requests[0]?.body as { tools: unknown[] }).tools,
    body: server.requests[1]?.body,
  };
}

const toolCalls = CALLS.map(({ id, name, given }) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(given) },
}));
const toolCompletion = {
  ...openAiCompletion(''),
  choices: [
    { index: 0, message: { role: 'assistant', content: null, tool_calls: toolCalls }, finish_reason: 'tool_calls' },
  ],
};

describe('a loop of two tools', () => {
  it('with OpenAI chat completions', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const client = observe(new OpenAI({ apiKey: 'k', baseURL: this.url }));
        const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
        for (;;) {
          const tools = toolsOf(this, 'openai');
          const response = await client.chat.completions.create({ model: 'gpt-5-mini', messages, tools });
          messages.push(...response.choices.map((choice) => choice.message));
          const answers = await callTools(this, response);
          if (answers.length === 0) return response.choices[0]?.message.content ?? '';
          messages.push(...answers);
        }
      }
    }
    replies = [toolCompletion, openAiCompletion('Dune')];
    const { id, asked, body } = await told(new Asking());
    expect(id).toBe('call_1');
    expect(asked).toEqual(toolsOf(new Asking(), 'openai'));
    expect((body as { messages: unknown[] }).messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'call_1', content: DUNE },
      { role: 'tool', tool_call_id: 'call_2', content: PROBLEM },
    ]);
  });

  it('with OpenAI responses', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const client = observe(new OpenAI({ apiKey: 'k', baseURL: this.url }));
        const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];
        for (;;) {
          const tools = toolsOf(this, 'openai.responses');
          const response = await client.responses.create({ model: 'gpt-5-mini', input, tools });
          input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
          const answers = await callTools(this, response);
          if (answers.length === 0) return response.output_text;
          input.push(...answers);
        }
      }
    }
    const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'gpt-5-mini' };
    const output = CALLS.map(({ id, name, given }) => ({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: id,
      name,
      arguments: JSON.stringify(given),
      status: 'completed',
    }));
    const text = { type: 'output_text', text: 'Dune', annotations: [] };
    const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [text] };
    replies = [
      { ...response, output },
      { ...response, id: 'resp_2', output: [message] },
    ];
    const { id, asked, body } = await told(new Asking());
    expect(id).toBe('call_1');
    expect(asked).toEqual(toolsOf(new Asking(), 'openai.responses'));
    expect((body as { input: unknown[] }).input.slice(3)).toEqual([
      { type: 'function_call_output', call_id: 'call_1', output: DUNE },
      { type: 'function_call_output', call_id: 'call_2', output: PROBLEM },
    ]);
  });

  it('with Anthropic', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const client = observe(new Anthropic({ apiKey: 'k', baseURL: this.url }));
        const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
        for (;;) {
          const tools = toolsOf(this, 'anthropic');
          const answer = await client.messages.create({ model: 'claude-sonnet-5', max_tokens: 99, messages, tools });
          messages.push({ role: answer.role, content: answer.content });
          const answers = await callTools(this, answer);
          if (answers.length === 0) return answer.content[0]?.type === 'text' ? answer.content[0].text : '';
          messages.push(...answers);
        }
      }
    }
    const content = CALLS.map(({ id, name, given }) => ({ type: 'tool_use', id, name, input: given }));
    replies = [{ ...anthropicMessage(''), content, stop_reason: 'tool_use' }, anthropicMessage('Dune')];
    const { id, asked, body } = await told(new Asking());
    expect(id).toBe('call_1');
    expect(asked).toEqual(toolsOf(new Asking(), 'anthropic'));
    expect((body as { messages: unknown[] }).messages[2]).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: DUNE },
        { type: 'tool_result', tool_use_id: 'call_2', content: PROBLEM, is_error: true },
      ],
    });
  });

  it('with Gemini', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const client = observe(new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: this.url, fetch } }));
        const contents: Content[] = [{ role: 'user', parts: [{ text: question }] }];
        for (;;) {
          const config = { tools: toolsOf(this, 'gemini') };
          const answer = await client.models.generateContent({ model: 'gemini-3', contents, config });
          contents.push(...(answer.candidates ?? []).map((one) => one.content as Content));
          const answers = await callTools(this, answer);
          if (answers.length === 0) return answer.text ?? '';
          contents.push(...answers);
        }
      }
    }
    const candidate = (parts: object[]): object => ({
      candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
      modelVersion: 'gemini-3',
    });
    replies = [
      candidate(CALLS.map(({ name, given }) => ({ functionCall: { name, args: given } }))),
      candidate([{ text: 'Dune' }]),
    ];
    const { id, asked, body } = await told(new Asking());
    expect(id).toBeUndefined();
    expect(asked).toEqual(toolsOf(new Asking(), 'gemini'));
    expect((body as { contents: unknown[] }).contents[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { name: 'lookUp', response: { output: { title: 'Dune' } } } },
        { functionResponse: { name: 'stock', response: { error: PROBLEM } } },
      ],
    });
  });
});

describe.each(VERSIONS)('a loop of two tools with the AI SDK $version', ({ version, sdk, openai }) => {
  // The SDK's own choice of words for OpenAI.
  const wire = (text: string): string => (version === '7' ? JSON.stringify({ error: text }) : text);
  const answers = (problem: string): object[] => [
    { role: 'tool', tool_call_id: 'call_1', content: DUNE },
    { role: 'tool', tool_call_id: 'call_2', content: wire(problem) },
  ];

  it('that the SDK runs', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const model = openai(this.url).chat('gpt-5-mini');
        const stopWhen = sdk.stepCountIs(3);
        const result = await sdk.generateText({ model, prompt: question, tools: toolsOf(this, 'ai-sdk'), stopWhen });
        // What the SDK has called is answered.
        expect(await callTools(this, result.steps[0] as { toolCalls: unknown })).toEqual([]);
        return result.text;
      }
    }
    replies = [toolCompletion, openAiCompletion('Dune')];
    const { id, asked, body } = await told(new Asking());
    expect(id).toBe('call_1');
    const definitions = toolsOf(new Asking(), 'openai').map(({ function: { name, description, parameters } }) => ({
      name,
      description,
      parameters,
    }));
    expect((asked as { function: object }[]).map((one) => one.function)).toEqual(
      definitions.map((one) => expect.objectContaining(one) as unknown),
    );
    expect((body as { messages: unknown[] }).messages.slice(2)).toEqual(
      answers(version === '7' ? `Error: ${PROBLEM}` : PROBLEM),
    );
  });

  it('that the application runs', async () => {
    class Asking extends Librarian {
      @agent async run(question: string): Promise<string> {
        const model = openai(this.url).chat('gpt-5-mini');
        const messages: object[] = [{ role: 'user', content: question }];
        const tools = Object.fromEntries(
          Object.entries(toolsOf(this, 'ai-sdk')).map(([name, { execute: _, ...definition }]) => [name, definition]),
        );
        for (;;) {
          const result = (await sdk.generateText({ model, messages, tools })) as unknown as {
            text: string;
            toolCalls: unknown;
            response: { messages: object[] };
          };
          messages.push(...result.response.messages);
          const answers = await callTools(this, result);
          if (answers.length === 0) return result.text;
          messages.push(...answers);
        }
      }
    }
    replies = [toolCompletion, openAiCompletion('Dune')];
    const { id, body } = await told(new Asking());
    expect(id).toBe('call_1');
    expect((body as { messages: unknown[] }).messages.slice(2)).toEqual(answers(PROBLEM));
  });
});
