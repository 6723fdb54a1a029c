import {
  CapturedAttributes,
  Content,
  content,
  type AdmittedAttributes,
  type ContentKind,
} from '../../src/core/content.js';
import { admit, admitEvents, type GatePolicy } from '../../src/core/gate.js';
import { CallRecord } from '../../src/core/record.js';
import { ALL_CONTENT, NO_CONTENT } from '../../src/core/settings.js';
import type { Dialect, Rendering } from '../../src/dialects/dialect.js';

export const openPolicy: GatePolicy = { content: ALL_CONTENT, redact: [], valueBytes: 32_768 };

export function recordOf(values: Partial<CallRecord>): CallRecord {
  return Object.assign(new CallRecord(), values);
}

const OPERATIONS = [
  'chat',
  'text_completion',
  'generate_content',
  'embeddings',
  'retrieval',
  'execute_tool',
  'create_agent',
  'invoke_agent',
  'invoke_workflow',
  undefined,
];

/** What every dialect must hold to, whatever its names are. */
export function dialectContract(dialect: Dialect): void {
  describe(`the dialect ${dialect.name}, as every dialect`, () => {
    it.each(OPERATIONS)('renders an empty record of %s, without inventing a value', (operation) => {
      const { attributes } = dialect.render(recordOf({ operation, outcome: 'completed' }));
      for (const [key, value] of attributes) {
        expect(key).not.toBe('');
        expect(value).not.toBeUndefined();
        expect(value).not.toBe('');
        expect(value).not.toBe(0);
        expect(value).not.toBeInstanceOf(Content);
      }
    });

    it('writes the attributes that another room has named, as they are', () => {
      const attributes = CapturedAttributes.of({ 'messaging.message.id': 'm1', message: content('input', 'private') });
      const [seen] = leaving(dialect.render(recordOf({ attributes, outcome: 'completed' })), openPolicy);
      expect(seen).toMatchObject({ 'messaging.message.id': 'm1', message: 'private' });
    });

    it.each(OPERATIONS)('writes nothing for what is empty or no number in a record of %s', (operation) => {
      const empty = dialect.render(recordOf({ operation, outcome: 'completed' }));
      const vacuous = dialect.render(vacuousRecord(operation));
      expect(leaving(vacuous, openPolicy)).toEqual(leaving(empty, openPolicy));
    });

    it.each(OPERATIONS)('sets each key of a record of %s once and changes nothing of it', (operation) => {
      const record = frozen(fullRecord(operation));
      const rendering = dialect.render(record);
      for (const { keys } of everywhere(rendering)) expect(new Set(keys).size).toBe(keys.length);
      expect(written(dialect.render(record), openPolicy)).toEqual(written(rendering, openPolicy));
    });

    it.each(OPERATIONS)('writes of a record of %s only what an attribute can hold', (operation) => {
      for (const attributes of leaving(dialect.render(fullRecord(operation)), openPolicy)) {
        for (const [key, value] of Object.entries(attributes)) {
          const items: unknown[] = Array.isArray(value) ? value : [value];
          expect([key, items.length]).not.toEqual([key, 0]);
          expect([key, new Set(items.map((item) => typeof item)).size]).toEqual([key, 1]);
          expect([key, ['string', 'number', 'boolean']]).toEqual([key, expect.arrayContaining([typeof items[0]])]);
        }
      }
    });

    it.each(OPERATIONS)('marks everything people wrote in a record of %s as content', (operation) => {
      const rendering = dialect.render(fullRecord(operation));
      expect(written(rendering, openPolicy)).toContain('private');
      expect(written(rendering, { ...openPolicy, content: NO_CONTENT })).not.toContain('private');
    });

    it.each(['input', 'output', 'tools', 'retrieval'] as const)(
      'marks content as of the kind %s where it is',
      (kind) => {
        for (const operation of OPERATIONS) {
          const policy = { ...openPolicy, content: { ...NO_CONTENT, [kind]: true } };
          const kinds = [...written(dialect.render(fullRecord(operation)), policy).matchAll(/private (\w+)/g)];
          expect(kinds.map(([, found]) => found).filter((found) => found !== kind)).toEqual([]);
        }
      },
    );

    it('tells a failed call from one that was stopped', () => {
      const error = fullRecord('chat').error;
      const failed = written(dialect.render(recordOf({ outcome: 'error', error })), openPolicy);
      expect(failed).toContain('RateLimitError');
      expect(failed).toContain('private error');
      for (const outcome of ['cancelled', 'aborted', 'abandoned', 'shutdown'] as const) {
        expect(written(dialect.render(recordOf({ outcome, error })), openPolicy)).not.toContain('RateLimitError');
      }
      expect(() => dialect.render(recordOf({ outcome: 'error' }))).not.toThrow();
    });

    it('renders what an application cleared before it was recorded', () => {
      const cleared = Object.fromEntries(Object.keys(new CallRecord()).map((key) => [key, null]));
      expect(() => dialect.render(recordOf(cleared))).not.toThrow();
    });

    it('reads no content before it is asked for', () => {
      const read = jest.fn(() => []);
      const { attributes, events = [] } = dialect.render(
        recordOf({ operation: 'chat', messages: { input: read, output: read } }),
      );
      const isContent = [...attributes].some(([, value]) => value instanceof Content);
      const ofEvents = events.some(
        (event) => 'admit' in event || event.attributes.values.some((value) => value instanceof Content),
      );
      expect(isContent || ofEvents).toBe(true);
      expect(read).not.toHaveBeenCalled();
    });
  });
}

function everywhere({ attributes, events }: Rendering): CapturedAttributes[] {
  return [attributes, ...(events ?? []).flatMap((event) => ('admit' in event ? [] : event.attributes))];
}

/** What leaves of a rendering. */
function leaving({ attributes, events }: Rendering, policy: GatePolicy): AdmittedAttributes[] {
  return [admit(attributes, policy), ...admitEvents(events, policy).map((event) => event.attributes)];
}

function written(rendering: Rendering, policy: GatePolicy): string {
  return JSON.stringify(leaving(rendering, policy));
}

/** A failed call with everything there is; each text of people's says of which kind it is. */
function fullRecord(operation: string | undefined): CallRecord {
  const of = (kind: ContentKind): string => `private ${kind}`;
  const isTool = operation === 'execute_tool';
  const isRetrieval = operation === 'retrieval';
  const notes = { confidence: 0.9, certain: true, reason: of('tools'), choices: [of('tools')] };
  return recordOf({
    operation,
    provider: 'openai',
    serverAddress: 'api.openai.com',
    serverPort: 443,
    functionName: 'Librarian.ask',
    outputType: 'json',
    embeddingDimensions: 1536,
    request: { model: 'gpt-5-mini', temperature: 0.5, maxTokens: 100, stopSequences: ['END'], stream: true },
    response: { id: 'x', model: 'gpt-5-mini-2025', finishReasons: ['stop'], timeToFirstChunkSeconds: 0.25 },
    usage: { inputTokens: 1, outputTokens: 2, raw: { total_tokens: 3 } },
    messages: {
      systemInstructions: () => [{ type: 'text', content: of('input') }],
      input: () => [{ role: 'user', parts: [{ type: 'text', content: of('input') }] }],
      output: () => [{ role: 'assistant', parts: [{ type: 'text', content: of('output') }], finish_reason: 'stop' }],
      toolDefinitions: () => [{ type: 'function', name: 'lookUp', description: of('tools') }],
    },
    prompt: {
      name: 'recommend',
      version: 'v1',
      template: of('input'),
      variables: { x: of('input'), list: [of('input')] },
      rendered: of('input'),
      metadata: { team: 'books', revision: 3 },
      tags: ['production'],
    },
    tool: isTool ? { name: 'lookUp', type: 'function', description: 'Looks up', callId: 'call_1', notes } : undefined,
    workflow: operation === 'invoke_workflow' ? { name: 'onboarding' } : undefined,
    session: {
      id: 's1',
      userId: 'u1',
      name: 'chat',
      tags: ['x'],
      metadata: { plan: 'pro' },
      environment: 'test',
      release: '1.0',
    },
    scores: [{ name: 'relevance', value: 0.8, label: 'relevant', explanation: of('output'), time: 1_700_000_000_000 }],
    price: { inputToken: 0.000_001, outputToken: 0.000_002 },
    agent: { name: 'librarian', id: 'a1', version: '2', tools: ['lookUp'], handoffs: ['clerk'] },
    retrieval: isRetrieval
      ? { dataSource: 'books', topK: 3, query: of('retrieval'), documents: [{ id: '1', content: of('retrieval') }] }
      : undefined,
    arguments: { question: of(isTool ? 'tools' : isRetrieval ? 'retrieval' : 'input') },
    result: [of(isTool ? 'tools' : isRetrieval ? 'retrieval' : 'output')],
    streamChunks: 4,
    outcome: 'error',
    error: { type: '429', name: 'RateLimitError', message: of('error'), stack: `Error: ${of('error')}` },
    tags: ['beta'],
    metadata: { team: 'books', tries: 2, isNew: true },
  });
}

/** Every field is there and none says anything. */
function vacuousRecord(operation: string | undefined): CallRecord {
  return recordOf({
    operation,
    provider: '',
    serverPort: 443,
    functionName: '',
    outputType: '',
    embeddingDimensions: NaN,
    request: { model: '', maxTokens: 1.5, temperature: NaN, topP: Infinity, choiceCount: 1, stopSequences: [] },
    response: { id: '', model: '', finishReasons: [] },
    usage: { inputTokens: NaN, outputTokens: 0.5, raw: {} },
    messages: {
      systemInstructions: () => [],
      input: () => [],
      output: () => undefined,
      toolDefinitions: () => undefined,
    },
    prompt: { name: '', template: '', variables: { x: '', y: undefined }, rendered: '', metadata: { x: '' }, tags: [] },
    agent: { name: '', description: '', tools: [], handoffs: [] },
    workflow: { name: '' },
    retrieval: { dataSource: '', query: '', topK: NaN },
    outcome: 'completed',
    tags: [],
    metadata: { team: '', score: NaN },
  });
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
