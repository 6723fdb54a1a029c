import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from './arguments.js';
import { replayFolder } from './replay-folder.js';

/** Written by hand after OpenAI's documented wire format. */
const chat = {
  id: 'chat-capital',
  provider: 'openai',
  api: 'openai.chat',
  shape: 'chat',
  streaming: false,
  tags: [],
  request: {
    method: 'POST',
    path: '/v1/chat/completions',
    body: { model: 'gpt-x', messages: [{ role: 'user', content: 'Capital of Norway?' }] },
  },
  response: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-x-1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Oslo.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
    },
  },
  expect: {
    response_id: 'chatcmpl-1',
    response_model: 'gpt-x-1',
    input_tokens: 11,
    output_tokens: 2,
    total_tokens: 13,
    usage_raw: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
    finish_reasons: ['stop'],
    choices: 1,
    text: 'Oslo.',
  },
};

const events = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x-1',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Os' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
  { type: 'message_stop' },
];

/** Written by hand after Anthropic's documented wire format. */
const anthropic = {
  id: 'anthropic-capital',
  provider: 'anthropic',
  api: 'anthropic.messages',
  shape: 'anthropic',
  streaming: true,
  tags: [],
  request: {
    method: 'POST',
    path: '/v1/messages',
    body: {
      model: 'claude-x',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'Capital of Norway?' }],
    },
  },
  response: {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    sse_text: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  },
  expect: {
    response_id: 'msg_1',
    response_model: 'claude-x-1',
    input_tokens: 5,
    output_tokens: 3,
    cached_tokens: 100,
    cache_creation_tokens: 20,
    usage_raw: { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 3 },
    finish_reasons: ['end_turn'],
    text: 'Oslo.',
    stream_events: events.length,
  },
};

const wrong = { ...chat, id: 'chat-wrong', expect: { ...chat.expect, output_tokens: 3 } };
const foreign = { ...chat, id: 'foreign', api: 'nobody.chat' };

describe('the replay of a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const write = (path: string, value: unknown): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(value));
  };
  const replay = async (...argv: string[]) => {
    const lines: string[] = [];
    const result = await replayFolder(parseArguments([folder, ...argv]), (line) => lines.push(...line.split('\n')));
    return { result, lines };
  };

  afterEach(() => rmSync(folder, { recursive: true }));

  it('calls each recording in every way, compares the spans and finds every spoilt one', async () => {
    write('openai.chat/capital.json', chat);
    write('anthropic.messages/capital.json', anthropic);
    const { result, lines } = await replay('--mutate');
    expect(lines.filter((line) => /^(FAIL|MISSED)/.test(line))).toEqual([]);
    expect(result).toEqual({ passed: 2, failed: 0, unsupported: 0, missedMutations: 0 });
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
  });

  it('prints a line for each difference, a table by api and the sum', async () => {
    write('wrong.json', wrong);
    write('foreign.json', foreign);
    write('notes.json', { hello: 'world' });
    const { lines } = await replay('--way', 'both');
    expect(lines).toEqual([
      expect.stringMatching(/^FAIL .*notes\.json: not a recording: no "id"$/),
      'FAIL openai.chat/chat-wrong [returned] gen_ai.usage.output_tokens: expected 3, got 2',
      'FAIL openai.chat/chat-wrong [observed] gen_ai.usage.output_tokens: expected 3, got 2',
      'api           passed  failed  not yet supported',
      '(unreadable)       0       1                  0',
      'nobody.chat        0       0                  1',
      'openai.chat        0       1                  0',
      'calls: 1 returned, 1 observed',
      '1 not yet supported',
      '0 passed, 2 failed',
    ]);
  });
});
