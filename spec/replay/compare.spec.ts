import type { Attributes } from '@opentelemetry/api';
import type { CallFacts } from './compare-call.js';
import { compare } from './compare.js';
import { describeFinding } from './findings.js';
import { mutate } from './mutations.js';
import type { Recording } from './recording.js';
import type { SpanView } from './spans.js';

const recording: Recording = {
  id: 'weather',
  provider: 'openai',
  api: 'openai.chat',
  shape: 'chat',
  streaming: true,
  request: {
    method: 'POST',
    path: '/v1/chat/completions',
    body: { model: 'gpt-x', messages: [{ role: 'user', content: '' }], stream: true },
  },
  response: { status: 200, headers: {}, sse_text: '' },
  expect: {
    response_id: 'chatcmpl-1',
    response_model: 'gpt-x-1',
    input_tokens: 20,
    output_tokens: 9,
    cached_tokens: 4,
    usage_raw: {
      prompt_tokens: 20,
      completion_tokens: 9,
      total_tokens: 29,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
    },
    finish_reasons: ['tool_calls'],
    choices: 1,
    text: 'Let me see.',
    tool_calls: [
      { id: 'call_1', name: 'weather', arguments: '{"city":"Oslo","password":"mellon"}' },
      { id: 'call_2', name: 'weather', arguments: '{"city":"Rome"}' },
    ],
    stream_events: 7,
  },
};

const facts: CallFacts = { observed: true, chunks: 7, providerName: 'openai' };

const span = (over: Attributes = {}): SpanView => ({
  name: 'ask',
  scope: 'decotel',
  status: 0,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-x',
    'gen_ai.request.stream': true,
    'gen_ai.input.messages': '[{"role":"user","parts":[]}]',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.model': 'gpt-x-1',
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.response.time_to_first_chunk': 0.2,
    'gen_ai.usage.input_tokens': 20,
    'gen_ai.usage.output_tokens': 9,
    'gen_ai.usage.cache_read.input_tokens': 4,
    'decotel.usage.total_tokens': 29,
    'decotel.usage.prompt_tokens_details.audio_tokens': 0,
    'decotel.stream.chunks': 7,
    'decotel.outcome': 'completed',
    'gen_ai.output.messages': JSON.stringify([
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Let me see.' },
          { type: 'tool_call', id: 'call_1', name: 'weather', arguments: { city: 'Oslo', password: '[masked]' } },
          { type: 'tool_call', id: 'call_2', name: 'weather', arguments: { city: 'Rome' } },
        ],
        finish_reason: 'tool_calls',
      },
    ]),
    ...over,
  },
  events: [],
});

const differences = (spans: SpanView[], of: Recording = recording): string[] =>
  compare(spans, of, facts).map(describeFinding);

const shaped = (shape: string, expect: Recording['expect']): Recording => ({
  ...recording,
  shape,
  expect: { ...recording.expect, ...expect },
});

describe('the comparison of a span with its recording', () => {
  it('finds nothing in a span that says what the recording says', () => {
    expect(differences([span()])).toEqual([]);
  });

  it('names what differs, with both values', () => {
    expect(differences([span({ 'gen_ai.usage.input_tokens': 40 })])).toEqual([
      'gen_ai.usage.input_tokens: expected 20, got 40',
    ]);
    expect(differences([span({ 'decotel.usage.total_tokens': undefined })])).toEqual([
      'decotel.usage.total_tokens: expected 29, got nothing',
    ]);
  });

  it('wants exactly one model call, whoever made its span', () => {
    const theirs = { ...span(), scope: 'com.anthropic.sdk.typescript', name: 'chat claude' };
    expect(differences([])).toEqual(['LLM spans: expected 1, got 0 ()']);
    expect(differences([span(), theirs])).toEqual([
      'LLM spans: expected 1, got 2 (decotel: ask, com.anthropic.sdk.typescript: chat claude)',
    ]);
  });

  it('wants no token count where the provider sent none', () => {
    const silent = shaped('chat', {
      input_tokens: null,
      output_tokens: null,
      cached_tokens: undefined,
      usage_raw: undefined,
    });
    expect(differences([span()], silent).map((line) => line.split(':')[0])).toEqual([
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'decotel.usage.total_tokens',
      'decotel.usage.prompt_tokens_details.audio_tokens',
    ]);
  });

  it.each([
    ['anthropic', { input_tokens: 1, cached_tokens: 30, cache_creation_tokens: 5, output_tokens: 9 }, [36, 9]],
    ['google', { input_tokens: 8, tool_use_prompt_tokens: 2, output_tokens: 3, reasoning_tokens: 4 }, [10, 7]],
    ['interactions', { input_tokens: 8, output_tokens: 3, reasoning_tokens: 4 }, [8, 7]],
    ['converse', { input_tokens: 8, cached_tokens: 2, output_tokens: 3 }, [10, 3]],
    ['cohere2', { input_tokens: 80, billed_input_tokens: 8, output_tokens: 30, billed_output_tokens: 3 }, [8, 3]],
    ['responses', { input_tokens: 8, cached_tokens: 2, output_tokens: 3, reasoning_tokens: 1 }, [8, 3]],
  ])('counts the tokens of %s as the conventions do', (shape, expect_, [input, output]) => {
    const found = compare([span()], shaped(shape, { cached_tokens: 0, ...expect_, usage_raw: undefined }), facts);
    const expected = (key: string): unknown => found.find(({ subject }) => subject === key)?.expected;
    expect(expected('gen_ai.usage.input_tokens')).toBe(input);
    expect(expected('gen_ai.usage.output_tokens') ?? 9).toBe(output);
  });

  it('fails every spoilt span', () => {
    const { tried, missed } = mutate([span()], recording, facts);
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(30);
  });
});
