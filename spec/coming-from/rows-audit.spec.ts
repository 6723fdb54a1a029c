import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { audit, auditSummary, configure, sessionsUsing, type AuditedSession } from '../../src/configure.js';
import { agent, callTools, observe, promptTemplate, promptText, retriever, tool, withOtel } from '../../src/index.js';
import { loopback, type Loopback } from '../support/loopback.js';

const asked = (id: string, name: string, given: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(given) },
});

const completion = (message: object, finish_reason: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
});

class Librarian {
  private readonly openai: OpenAI;

  constructor(baseURL: string) {
    this.openai = observe(new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 }));
  }

  @tool({ description: 'Finds the functions for a task', input: { type: 'object' } })
  searchFunctions({ task }: { task: string }) {
    return this.search(task).length;
  }

  @retriever({ dataSource: 'default/function-registry' })
  search(task: string) {
    if (task === 'nothing') throw new RangeError('the store is empty');
    return [{ id: '1', score: 0.9, content: 'findBook' }];
  }

  @withOtel()
  @promptTemplate('Plan how to answer: {question}')
  async plan(question: string) {
    return this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: promptText({ question }) }],
    });
  }

  @agent({ name: 'interpreter' })
  async run(question: string): Promise<string> {
    await callTools(this, await this.plan(question), { onError: (error) => String(error) });
    if (question === 'fail') throw new Error('out of turns');
    return 'Use findBook.';
  }
}

let server: Loopback;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  file = join(folder, 'audit.jsonl');
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Runs one process's worth of questions, as an application that keeps its audit in a file. */
async function audited(questions: readonly { question: string; task: string; confidence: number }[]) {
  const plans = questions.map(({ task, confidence }) => {
    const given = { task, __confidence__: confidence };
    return completion({ tool_calls: [asked('call_1', 'searchFunctions', given)] }, 'tool_calls');
  });
  server = await loopback((_path, _body, index) => ({ body: plans[index] }));
  const telemetry = configure({
    serviceName: 'funkyprompt',
    serviceVersion: '1.2.3',
    processors: [audit({ save: (session) => appendFile(file, `${JSON.stringify(session)}\n`) })],
  });
  const librarian = new Librarian(server.url);
  for (const { question } of questions) await librarian.run(question).catch(() => undefined);
  await telemetry.forceFlush();
  const stats = telemetry.stats().destinations;
  await telemetry.shutdown();
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { stats, sessions: lines.map((line) => JSON.parse(line) as AuditedSession) };
}

describe('sessions that are audited', () => {
  it('row 45: one record for a session with all that it was, also where it failed', async () => {
    const { sessions, stats } = await audited([
      { question: 'what function can you use for books', task: 'books', confidence: 0.8 },
      { question: 'fail', task: 'nothing', confidence: 0.2 },
    ]);
    expect(stats).toEqual([{ name: 'audit', queued: 0, exported: 2, failed: 0, lost: 0 }]);
    const [good, bad] = sessions;
    expect(good).toEqual({
      sessionId: good?.traceId,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      name: 'invoke_agent interpreter',
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      auditedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      durationMs: expect.any(Number) as number,
      question: 'what function can you use for books',
      response: 'Use findBook.',
      messages: expect.stringContaining('"searchFunctions"') as string,
      plan: 'Plan how to answer: what function can you use for books',
      functions: [
        use({ name: 'invoke_agent interpreter', operation: 'invoke_agent' }),
        use({ name: 'plan', operation: 'chat', model: 'gpt-5-mini-2025-08-07', inputTokens: 20, outputTokens: 5 }),
        use({ name: 'searchFunctions', operation: 'execute_tool', confidences: [0.8] }),
        use({
          name: 'retrieval default/function-registry',
          operation: 'retrieval',
          store: 'default/function-registry',
        }),
      ],
      scores: [],
      confidence: 0.8,
      outcome: 'completed',
      codeBuild: '1.2.3',
    });
    expect(bad).toMatchObject({ question: 'fail', outcome: 'error', error: 'Error: out of turns', confidence: 0.2 });
    expect(bad).not.toHaveProperty('response');
    expect(bad?.functions.map((one) => [one.name, one.failures])).toEqual([
      ['invoke_agent interpreter', 1],
      ['plan', 0],
      ['searchFunctions', 1],
      ['retrieval default/function-registry', 1],
    ]);
  });

  it('row 47: questions that come later have answers: usage by function, store and model, failures, confidence', async () => {
    const { sessions } = await audited([
      { question: 'one', task: 'books', confidence: 0.8 },
      { question: 'two', task: 'books', confidence: 0.4 },
      { question: 'fail', task: 'nothing', confidence: 0.3 },
    ]);
    const summary = auditSummary(sessions);
    expect({ ...summary, confidence: undefined, byFunction: undefined }).toEqual({
      sessions: 3,
      failures: 1,
      byStore: {
        'default/function-registry': { sessions: 3, calls: 3, failures: 1, inputTokens: 0, outputTokens: 0 },
      },
      byModel: {
        'gpt-5-mini-2025-08-07': { sessions: 3, calls: 3, failures: 0, inputTokens: 60, outputTokens: 15 },
      },
    });
    expect(summary.confidence).toBeCloseTo(0.5);
    const { searchFunctions } = summary.byFunction;
    expect(searchFunctions).toMatchObject({ sessions: 3, calls: 3, failures: 1 });
    expect(searchFunctions?.confidence).toBeCloseTo(0.5);
    expect(sessionsUsing(sessions, 'searchFunctions').map((session) => session.question)).toEqual([
      'one',
      'two',
      'fail',
    ]);
    expect(sessionsUsing(sessions, 'unknown')).toEqual([]);
  });
});

function use(values: object): object {
  return { calls: 1, failures: 0, inputTokens: 0, outputTokens: 0, confidences: [], ...values };
}
