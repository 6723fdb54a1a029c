import type { CallRecord } from '../../src/core/record.js';

/** A model call after a tool was asked, with an image in the question. */
export const chatWithTools: Partial<CallRecord> = {
  operation: 'chat',
  provider: 'openai',
  functionName: 'Librarian.ask',
  outcome: 'completed',
  request: { model: 'gpt-5-mini', maxTokens: 100, temperature: 0.5, stopSequences: ['END'], stream: true },
  response: { id: 'chatcmpl-1', model: 'gpt-5-mini-2025', finishReasons: ['stop'], timeToFirstChunkSeconds: 0.25 },
  usage: { inputTokens: 20, outputTokens: 7, cacheReadInputTokens: 8, reasoningOutputTokens: 3 },
  messages: {
    systemInstructions: () => [{ type: 'text', content: 'Be kind' }],
    input: () => [
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Which?' },
          { type: 'uri', modality: 'image', uri: 'https://x.test/a.png' },
        ],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'lookUp', arguments: { isbn: '1' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: { title: 'Emma' } }] },
    ],
    output: () => [{ role: 'assistant', parts: [{ type: 'text', content: 'Emma' }], finish_reason: 'stop' }],
    toolDefinitions: () => [{ type: 'function', name: 'lookUp', description: 'Finds a book' }],
  },
};
