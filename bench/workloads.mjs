/** What every subject does, and how one operation of it is counted. */

export const HISTORY = Array.from({ length: 6 }, (_, index) => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: `${'a few words of a conversation '.repeat(17)}${index}`,
}));
export const BODY = { model: 'gpt-5-mini', temperature: 0.5, max_completion_tokens: 400, messages: HISTORY };
export const LARGE_HISTORY = Array.from({ length: 320 }, (_, index) => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: `${'a few words of a conversation '.repeat(110)}${index}`,
}));
export const CHUNKS = 1000;
export const OPEN_CHUNKS = 200;

export const completion = () => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_763_700_000,
  model: 'gpt-5-mini-2025-08-07',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'words of an answer '.repeat(12) }, finish_reason: 'stop' },
  ],
  usage: {
    prompt_tokens: 812,
    completion_tokens: 48,
    total_tokens: 860,
    prompt_tokens_details: { cached_tokens: 512 },
    completion_tokens_details: { reasoning_tokens: 16 },
  },
});

const chunk = (index) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_763_700_000,
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, delta: { content: `word ${index} ` }, finish_reason: null }],
});
const last = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  usage: completion().usage,
};

export async function* chunks(count) {
  for (let index = 1; index < count; index++) yield chunk(index);
  yield last;
}

/** `operations`: by which the cost of one run is divided. */
export const WORKLOADS = {
  chat: { runs: 3000, operations: 1, run: (subject) => subject.chat(BODY) },
  stream: {
    runs: 25,
    operations: CHUNKS,
    async run(subject) {
      for await (const _ of subject.stream(CHUNKS));
    },
  },
  tool: { runs: 6000, operations: 1, run: (subject) => subject.tool('978-0441172719') },
  large: { runs: 400, operations: 1, run: (subject) => subject.large(LARGE_HISTORY) },
  agent: { runs: 500, operations: 1, run: (subject) => subject.agent('Which book?') },
};

export async function measure({ runs, operations, run }, subject) {
  const began = process.cpuUsage();
  for (let index = 0; index < runs; index++) await run(subject);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / runs / operations;
}
