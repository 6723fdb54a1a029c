import { admit, admitEvents } from '../../src/core/gate.js';
import type { CallRecord } from '../../src/core/record.js';
import { genAi } from '../../src/dialects/gen-ai.js';
import { mirascope } from '../../src/dialects/mirascope.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { dialectContract, openPolicy, recordOf } from '../support/dialect-contract.js';

dialectContract(mirascope);

function rendered(values: Partial<CallRecord>): { attributes: [string, unknown][]; events: unknown[] } {
  const record = recordOf({ outcome: 'completed', operation: 'chat', request: { model: 'gpt-5-mini' }, ...values });
  const { attributes, events } = mirascope.render(record);
  return {
    attributes: Object.entries(admit(attributes, openPolicy)),
    events: admitEvents(events, openPolicy).map((event) => [event.name, event.attributes]),
  };
}

/** The completion of an answer with these parts. */
function completionOf(parts: object[], values: Partial<CallRecord> = {}): unknown {
  const output = () => [{ role: 'assistant', parts: parts as [], finish_reason: 'stop' }];
  const [event] = rendered({ messages: { output }, ...values }).events as [string, Record<string, string>][];
  expect(event?.[0]).toBe('gen_ai.content.completion');
  return JSON.parse(event?.[1]['gen_ai.completion'] ?? '');
}

const TEXT = { type: 'text', content: 'Emma' };
const CALL = { type: 'tool_call', id: 'c1', name: 'lookUp', arguments: { isbn: '1' } };

describe('mirascope', () => {
  it('writes the attributes of v1 in its order, empty where nothing is known', () => {
    expect(rendered({ ...chatWithTools, prompt: { template: 'Hi {name}' }, isAsync: true }).attributes).toEqual([
      ['gen_ai.system', 'Hi {name}'],
      ['gen_ai.request.model', 'gpt-5-mini'],
      ['gen_ai.request.max_tokens', 0],
      ['gen_ai.request.temperature', 0],
      ['gen_ai.request.top_p', 0],
      ['gen_ai.response.model', 'gpt-5-mini-2025'],
      ['gen_ai.response.id', 'chatcmpl-1'],
      ['gen_ai.response.finish_reasons', ['stop']],
      ['gen_ai.usage.completion_tokens', 7],
      ['gen_ai.usage.prompt_tokens', 20],
      ['async', true],
    ]);
    expect(rendered({}).attributes).toEqual([
      ['gen_ai.system', ''],
      ['gen_ai.request.model', 'gpt-5-mini'],
      ['gen_ai.request.max_tokens', 0],
      ['gen_ai.request.temperature', 0],
      ['gen_ai.request.top_p', 0],
      ['gen_ai.response.model', ''],
      ['gen_ai.response.id', ''],
      ['gen_ai.response.finish_reasons', ''],
      ['gen_ai.usage.completion_tokens', ''],
      ['gen_ai.usage.prompt_tokens', ''],
      ['async', false],
    ]);
  });

  it('writes the last message of the user and the answer', () => {
    const said = (role: string, text: string) => ({ role, parts: [{ type: 'text', content: text }] });
    const input = () => [said('user', 'Hi'), said('assistant', 'Hello'), said('user', 'Which?')];
    const output = () => [{ ...said('assistant', 'Emma'), finish_reason: 'stop' }];
    expect(rendered({ messages: { input, output } }).events).toEqual([
      ['gen_ai.content.prompt', { 'gen_ai.prompt': '{"content":"Which?","role":"user"}' }],
      ['gen_ai.content.completion', { 'gen_ai.completion': '{"content":"Emma","role":"assistant"}' }],
    ]);
  });

  it('writes an answer as the provider has it', () => {
    expect(completionOf([TEXT, CALL])).toEqual({
      content: 'Emma',
      role: 'assistant',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lookUp', arguments: '{"isbn":"1"}' } }],
    });
    expect(completionOf([CALL])).toMatchObject({ content: null, role: 'assistant' });
    expect(completionOf([TEXT, CALL], { provider: 'anthropic' })).toEqual({
      content: [
        { text: 'Emma', type: 'text' },
        { id: 'c1', input: { isbn: '1' }, name: 'lookUp', type: 'tool_use' },
      ],
      role: 'assistant',
    });
    expect(completionOf([TEXT, CALL], { provider: 'gcp.gemini' })).toEqual({
      parts: [{ text: 'Emma' }, { functionCall: { name: 'lookUp', args: { isbn: '1' } } }],
      role: 'model',
    });
  });

  it('writes a structured output as the object that it is', () => {
    const outputType = 'json';
    expect(completionOf([{ type: 'text', content: '{"title":"Emma"}' }], { outputType })).toEqual({ title: 'Emma' });
    expect(completionOf([CALL], { outputType, provider: 'anthropic' })).toEqual({ isbn: '1' });
    expect(completionOf([TEXT], { outputType })).toEqual({ content: 'Emma', role: 'assistant' });
    expect(rendered({ request: undefined, result: 'Emma' })).toEqual({
      attributes: [['async', false]],
      events: [['gen_ai.content.completion', { 'gen_ai.completion': 'Emma' }]],
    });
  });

  it('keeps the request of a failed call, and one exception', () => {
    const error = { type: '429', name: 'RateLimitError', message: 'slow down', stack: 'at x' };
    const { attributes, events } = rendered({ outcome: 'error', error, prompt: { template: 'Hi' } });
    expect(attributes.map(([key]) => key)).toEqual([
      'gen_ai.system',
      'gen_ai.request.model',
      'gen_ai.request.max_tokens',
      'gen_ai.request.temperature',
      'gen_ai.request.top_p',
      'async',
    ]);
    expect(events).toEqual([
      [
        'exception',
        { 'exception.type': 'RateLimitError', 'exception.message': 'slow down', 'exception.stacktrace': 'at x' },
      ],
    ]);
  });

  it('leaves what v1 does not know to gen-ai', () => {
    const record = recordOf({ operation: 'execute_tool', tool: { name: 'lookUp' }, outcome: 'completed' });
    expect(mirascope.render(record)).toEqual(genAi.render(record));
  });
});
