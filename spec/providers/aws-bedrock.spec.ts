import { awsBedrock } from '../../src/providers/aws-bedrock.js';
import type { ResponseReading } from '../../src/providers/provider.js';
import { readRequest, requestIn } from '../../src/providers/registry.js';
import { snapshot } from '../../src/core/snapshot.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

/** What the SDK's commands look like. */
class ConverseStreamCommand {
  readonly middlewareStack = { add: () => undefined };
  constructor(readonly input: object) {}
}
class InvokeModelCommand extends ConverseStreamCommand {}
class InvokeModelWithResponseStreamCommand extends ConverseStreamCommand {}
class CountTokensCommand extends ConverseStreamCommand {}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function invoked(body: unknown): ResponseReading | undefined {
  return awsBedrock.read({ body: json(body), contentType: 'application/json', $metadata: {} });
}

function folded(...chunks: object[]): ResponseReading | undefined {
  const fold = awsBedrock.fold(chunks[0] ?? {});
  for (const chunk of chunks) fold?.add(chunk);
  return fold?.read();
}

const invokedInPieces = (...bodies: object[]): ResponseReading | undefined =>
  folded(...bodies.map((body) => ({ chunk: { bytes: json(body) } })));

describe('awsBedrock', () => {
  keepsTheProviderContract(awsBedrock, 'aws-bedrock');

  describe('of Converse', () => {
    it('reads a response: its input tokens include those of the cache, its own count stays beside them', () => {
      const { output, ...reading } = awsBedrock.read(fixture('aws-bedrock', 'weather', 'response')) ?? {};
      expect(reading).toEqual({
        operation: 'chat',
        finishReasons: ['tool_use'],
        usage: {
          inputTokens: 150,
          outputTokens: 60,
          cacheReadInputTokens: 100,
          cacheCreationInputTokens: 30,
          raw: { inputTokens: 20, totalTokens: 210 },
        },
      });
      expect(output?.()).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'Two cities.' },
            { type: 'text', content: 'I will look.' },
            { type: 'tool_call', id: 'tooluse_2', name: 'nova_code_interpreter', arguments: { snippet: '1+1' } },
            { type: 'tool_call_response', id: 'tooluse_2', response: [{ type: 'json', content: { stdOut: '2' } }] },
            { type: 'tool_call', id: 'tooluse_3', name: 'weather', arguments: { city: 'Wien' } },
          ],
          finish_reason: 'tool_use',
        },
      ]);
    });

    it('reads a request', () => {
      const reading = awsBedrock.request(fixture('aws-bedrock', 'weather', 'request'));
      expect(reading).toMatchObject({ operation: 'chat', outputType: 'json' });
      expect(reading?.request).toEqual({
        model: 'eu.anthropic.claude-sonnet-5-v1:0',
        maxTokens: 512,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        stopSequences: ['END'],
        stream: true,
      });
      expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'Answer in one sentence.' }]);
      expect(reading?.input?.()).toEqual([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Is this the Prater?' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
            { type: 'uri', modality: 'document', uri: 's3://maps/plan.pdf' },
            { type: 'text', content: 'Some notes.' },
            { type: 'uri', modality: 'video', uri: 's3://maps/walk.mp4' },
            { type: 'text', content: 'Only parks.' },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'A park, surely.' },
            { type: 'redacted_thinking' },
            { type: 'tool_call', id: 'tooluse_1', name: 'locate', arguments: { file: 'plan' } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              type: 'tool_call_response',
              id: 'tooluse_1',
              response: [
                { type: 'text', content: 'no such file' },
                { type: 'json', content: { code: 404 } },
              ],
              is_error: true,
            },
            {
              type: 'searchResult',
              content: { source: 'https://example.com', title: 'Prater', content: [{ text: 'A park.' }] },
            },
          ],
        },
      ]);
      expect(reading?.toolDefinitions?.()).toEqual([
        {
          type: 'function',
          name: 'locate',
          description: 'Finds the place of a picture',
          parameters: { type: 'object', properties: { file: { type: 'string' } } },
        },
        { type: 'systemTool', name: 'nova_grounding' },
      ]);
    });

    it('replaces bytes, in and out, by their type and size', () => {
      const content = [{ image: { format: 'jpeg', source: { bytes: new Uint8Array(300) } } }];
      const blob = { type: 'blob', modality: 'image', mime_type: 'image/jpeg', content: '', bytes: 300 };
      const asked = snapshot({ modelId: 'm', messages: [{ role: 'user', content }] }) as object;
      expect(awsBedrock.request(asked)?.input?.()).toEqual([{ role: 'user', parts: [blob] }]);
      const answer = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' };
      expect(awsBedrock.read(answer)?.output?.()?.[0]?.parts).toEqual([blob]);
    });

    it('reads what a guardrail is to look at, however it is held', () => {
      const guarded = [
        { guardContent: { text: { text: 'Dune', qualifiers: ['query'] } } },
        { type: 'guard_content', guard_content: { text: 'and' } },
        { type: 'guard_content', text: 'more' },
        { guardContent: '' },
      ];
      const asked = snapshot({ modelId: 'm', messages: [{ role: 'user', content: guarded }] }) as object;
      expect(awsBedrock.request(asked)?.input?.()?.[0]?.parts).toEqual(
        ['Dune', 'and', 'more'].map((content) => ({ type: 'text', content })),
      );
    });

    it('spells the reason of a guardrail as Bedrock does', () => {
      const message = { role: 'assistant', content: [{ text: 'No.' }] };
      expect(awsBedrock.read({ output: { message }, stopReason: 'guardrail_intervened' })?.finishReasons).toEqual([
        'guardrail_intervened',
      ]);
    });

    it('keeps what had come when a stream ended early, and invents no counts', () => {
      const reading = folded(
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Once ' } } },
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'upon' } } },
        { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'tell' } } } },
        { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":' } } } },
      );
      expect(reading).toMatchObject({ finishReasons: undefined, usage: undefined });
      expect(reading?.output?.()).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'Once upon' },
            { type: 'tool_call', id: 't', name: 'tell', arguments: '{"a":' },
          ],
          finish_reason: 'error',
        },
      ]);
    });
  });

  describe('of commands', () => {
    it('takes the input, and the name that tells a stream', () => {
      const input = { modelId: 'm', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
      expect(requestIn(new ConverseStreamCommand(input))).toEqual({ ...input, stream: true });
      expect(
        readRequest(requestIn(new InvokeModelCommand({ modelId: 'm', body: '{"prompt":"Hi"}' })))?.reading,
      ).toMatchObject({ operation: 'chat', request: { model: 'm' } });
      expect(
        requestIn(new InvokeModelWithResponseStreamCommand({ modelId: 'm', body: json({ prompt: 'Hi' }) })),
      ).toEqual({ modelId: 'm', body: { prompt: 'Hi' }, stream: true });
    });

    it.each<[string, object]>([
      ['counting tokens', new CountTokensCommand({ modelId: 'm', input: { converse: { messages: [] } } })],
      ['another service', new InvokeModelCommand({ Bucket: 'b', Body: json({ prompt: 'Hi' }) })],
      ['a body that is no JSON', new InvokeModelCommand({ modelId: 'm', body: 'prompt' })],
      ['a list as body', new InvokeModelCommand({ modelId: 'm', body: '[]' })],
      ['drawing', new InvokeModelCommand({ modelId: 'stability.sd3-5-large-v1:0', body: '{"prompt":"A cat"}' })],
      ['ranking', new InvokeModelCommand({ modelId: 'cohere.rerank-v3-5:0', body: '{"query":"q","documents":[]}' })],
    ])('leaves %s alone', (_, command) => {
      expect(awsBedrock.request(requestIn(command))).toBeUndefined();
    });
  });

  describe('of InvokeModel', () => {
    it('reads the answer of Claude as Anthropic’s', () => {
      const { output, ...reading } = awsBedrock.read(fixture('aws-bedrock', 'claude', 'response')) ?? {};
      expect(reading).toEqual({
        operation: 'chat',
        id: 'msg_bdrk_1',
        model: 'claude-haiku-4-5',
        finishReasons: ['end_turn'],
        usage: { inputTokens: 13, outputTokens: 4, cacheReadInputTokens: 5, raw: { input_tokens: 8 } },
      });
      expect(output?.()?.[0]?.parts).toEqual([{ type: 'text', content: 'Hello.' }]);
    });

    it('reads the request of Claude as Anthropic’s', () => {
      const reading = awsBedrock.request(fixture('aws-bedrock', 'claude', 'request'));
      expect(reading?.request).toEqual({
        model: 'eu.anthropic.claude-haiku-4-5-v1:0',
        maxTokens: 100,
        temperature: 0.1,
      });
      expect(reading?.systemInstructions?.()).toEqual([{ type: 'text', content: 'Be brief.' }]);
      expect(reading?.toolDefinitions?.()).toEqual([{ type: 'function', name: 'now', parameters: { type: 'object' } }]);
    });

    it('reads Nova as Converse, a text that ends what is cached as its text', () => {
      const reading = awsBedrock.request(fixture('aws-bedrock', 'nova', 'request'));
      expect(reading?.request).toEqual({ model: 'amazon.nova-lite-v1:0', maxTokens: 16, topK: 20 });
      expect(reading?.input?.()).toEqual([{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }]);
      expect(awsBedrock.read(fixture('aws-bedrock', 'nova', 'response'))?.usage).toEqual({
        inputTokens: 16,
        outputTokens: 3,
        cacheReadInputTokens: 10,
        cacheCreationInputTokens: 0,
        raw: { inputTokens: 6 },
      });
    });

    it.each<[string, object, { inputTokens?: number; outputTokens?: number } | undefined, string]>([
      [
        'Llama',
        { generation: 'Hi', prompt_token_count: 5, generation_token_count: 3, stop_reason: 'stop' },
        { inputTokens: 5, outputTokens: 3 },
        'stop',
      ],
      [
        'Titan',
        { inputTextTokenCount: 5, results: [{ tokenCount: 3, outputText: 'Hi', completionReason: 'FINISH' }] },
        { inputTokens: 5, outputTokens: 3 },
        'FINISH',
      ],
      ['Mistral', { outputs: [{ text: 'Hi', stop_reason: 'length' }] }, undefined, 'length'],
      [
        'Mistral Large',
        { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, stop_reason: 'stop' }] },
        undefined,
        'stop',
      ],
      [
        'GPT OSS',
        {
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 5, completion_tokens: 3 },
        },
        { inputTokens: 5, outputTokens: 3 },
        'stop',
      ],
      ['an older Claude', { completion: 'Hi', stop_reason: 'stop_sequence', stop: 'END' }, undefined, 'stop_sequence'],
      [
        'Jurassic',
        {
          id: 1234,
          prompt: { text: 'Say hi', tokens: [{}, {}] },
          completions: [{ data: { text: 'Hi', tokens: [{}] }, finishReason: { reason: 'endoftext' } }],
        },
        { inputTokens: 2, outputTokens: 1 },
        'endoftext',
      ],
      ['Command', { id: 'c-1', generations: [{ text: 'Hi', finish_reason: 'COMPLETE' }] }, undefined, 'COMPLETE'],
      ['Command R', { response_id: 'c-1', text: 'Hi', finish_reason: 'COMPLETE' }, undefined, 'COMPLETE'],
    ])('reads %s', (_, body, usage, reason) => {
      const reading = invoked(body);
      expect(reading).toMatchObject({ operation: 'chat', usage, finishReasons: [reason] });
      expect(reading?.output?.()).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: 'Hi' }], finish_reason: reason },
      ]);
    });

    it('reads each of several answers', () => {
      const reading = invoked({ generations: [{ text: 'One' }, { text: 'Two' }] });
      expect(reading?.output?.()?.map(({ parts }) => parts)).toEqual([
        [{ type: 'text', content: 'One' }],
        [{ type: 'text', content: 'Two' }],
      ]);
    });

    it.each<[string, object, number]>([
      ['Titan', { embedding: [0.1, 0.2, 0.3], inputTextTokenCount: 4 }, 3],
      ['Cohere', { id: 'e-1', embeddings: [[0.1, 0.2]], texts: ['Dune'] }, 2],
      ['Cohere by type', { id: 'e-1', embeddings: { float: [[0.1, 0.2]] } }, 2],
    ])('reads embeddings of %s', (_, body, embeddingDimensions) => {
      expect(invoked(body)).toMatchObject({ operation: 'embeddings', embeddingDimensions });
    });

    it('tells embeddings by their model before they come', () => {
      const reading = awsBedrock.request({ modelId: 'amazon.titan-embed-text-v2:0', body: '{"inputText":"Dune"}' });
      expect(reading).toMatchObject({ operation: 'embeddings', request: { model: 'amazon.titan-embed-text-v2:0' } });
    });

    it('takes what Bedrock counted where the body of a stream counts nothing', () => {
      const metrics = { inputTokenCount: 19, outputTokenCount: 20, invocationLatency: 408 };
      expect(
        invokedInPieces(
          { outputs: [{ text: 'Hel', stop_reason: null }] },
          { outputs: [{ text: 'lo', stop_reason: 'stop' }], 'amazon-bedrock-invocationMetrics': metrics },
        )?.usage,
      ).toEqual({ inputTokens: 19, outputTokens: 20 });
    });

    it('joins the pieces of what speaks like OpenAI, tool calls among them', () => {
      const call = { index: 0, id: 'call_1', function: { name: 'now', arguments: '{"in":' } };
      const reading = invokedInPieces(
        { id: 'chatcmpl-1', choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [call] } }] },
        {
          id: 'chatcmpl-1',
          choices: [
            {
              index: 0,
              delta: { tool_calls: [{ index: 0, function: { arguments: '"Wien"}' } }] },
              finish_reason: 'tool_calls',
            },
          ],
          usage: { prompt_tokens: 17, completion_tokens: 8, total_tokens: 25 },
        },
        { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1, outputTokenCount: 1 } },
      );
      expect(reading).toMatchObject({
        id: 'chatcmpl-1',
        finishReasons: ['tool_calls'],
        usage: { inputTokens: 17, outputTokens: 8, raw: { total_tokens: 25 } },
      });
      expect(reading?.output?.()?.[0]?.parts).toEqual([
        { type: 'tool_call', id: 'call_1', name: 'now', arguments: { in: 'Wien' } },
      ]);
    });

    it('recognises nothing in a picture, or in bytes that are no JSON', () => {
      expect(invoked({ images: ['iVBORw0KGgo='] })).toBeUndefined();
      expect(awsBedrock.read({ body: new Uint8Array([1, 2, 3]), $metadata: {} })).toBeUndefined();
    });
  });
});
