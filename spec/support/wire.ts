/** Small replies in the providers' documented wire formats, written for these specs. */

const chunk = (choice: object | undefined, usage: object | null = null): object => ({
  id: 'chatcmpl-7',
  object: 'chat.completion.chunk',
  created: 1_763_700_000,
  model: 'gpt-5-mini-2025-08-07',
  choices: choice === undefined ? [] : [{ index: 0, finish_reason: null, ...choice }],
  usage,
});

const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

export function openAiCompletion(text: string): object {
  return {
    id: 'chatcmpl-7',
    object: 'chat.completion',
    created: 1_763_700_000,
    model: 'gpt-5-mini-2025-08-07',
    choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' }],
    usage: USAGE,
  };
}

export function openAiChunks(texts: string[]): unknown[] {
  return [
    chunk({ delta: { role: 'assistant', content: '' } }),
    ...texts.map((content) => chunk({ delta: { content } })),
    chunk({ delta: {}, finish_reason: 'stop' }),
    chunk(undefined, USAGE),
    '[DONE]',
  ];
}

export function anthropicMessage(text: string): object {
  return {
    id: 'msg_7',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 12, cache_read_input_tokens: 8, cache_creation_input_tokens: 0, output_tokens: 7 },
  };
}

export function anthropicEvents(texts: string[]): object[] {
  const message = {
    ...anthropicMessage(''),
    content: [],
    stop_reason: null,
    usage: { input_tokens: 12, output_tokens: 1 },
  };
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...texts.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ];
}
