import { ChatAnthropic } from '@langchain/anthropic';
import {
  AIMessage,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
} from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { snapshot } from '../../src/core/snapshot.js';
import { anthropic } from '../../src/providers/anthropic.js';
import { langchain } from '../../src/providers/langchain.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import { openaiResponses } from '../../src/providers/openai-responses.js';
import { providerOfPackage } from '../../src/providers/package-name.js';
import type { Fold, ResponseReading } from '../../src/providers/provider.js';
import { providerOfClient, readRequest, requestIn } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

/** What is read of an answer, with its messages. */
function whole({ output, ...reading }: ResponseReading): object {
  return { ...reading, output: output?.() };
}

function folded(name: string): ResponseReading {
  const chunks = fixture('langchain', name, 'stream');
  const fold = langchain.fold(chunks[0] ?? {}) as Fold;
  for (const chunk of chunks) fold.add(chunk);
  return fold.read();
}

const answer = (name: string): ResponseReading =>
  langchain.read(fixture('langchain', name, 'response')) as ResponseReading;

const SUMMARY = { isSummary: true };

describe('langchain', () => {
  keepsTheProviderContract(langchain, 'langchain');

  it('reads the same as the provider’s own adapter reads of the same answer', () => {
    const chat = openaiChat.read(fixture('openai-chat', 'weather', 'response')) as ResponseReading;
    expect(whole(answer('weather'))).toEqual(whole({ ...chat, ...SUMMARY, provider: 'openai' }));

    const message = anthropic.read(fixture('anthropic', 'travel', 'response')) as ResponseReading;
    expect(whole(answer('travel'))).toEqual(whole({ ...message, ...SUMMARY, provider: 'anthropic' }));
  });

  it('reads an answer of Responses, whose usage LangChain renames', () => {
    const response = openaiResponses.read(fixture('openai-responses', 'research', 'response')) as ResponseReading;
    const { id, model, usage, finishReasons } = response;
    const { raw, ...counts } = usage ?? {};
    expect(raw).toEqual({ total_tokens: 380 });
    expect(answer('research')).toMatchObject({
      id,
      model,
      finishReasons,
      provider: 'openai',
      usage: { ...counts, raw: { total_tokens: 380 } },
    });
    expect(
      answer('research')
        .output?.()?.[0]
        ?.parts.map(({ type }) => type),
    ).toEqual([
      'server_tool_call',
      'server_tool_call',
      'server_tool_call_response',
      'server_tool_call',
      'server_tool_call_response',
      'reasoning',
      'text',
      'refusal',
      'tool_call',
      'tool_call',
    ]);
    expect(folded('study')).toMatchObject({
      id,
      model,
      finishReasons,
      usage: { ...counts, raw: { total_tokens: 380 } },
    });
    expect(folded('study').output?.()).toMatchObject([
      {
        parts: [
          { type: 'reasoning', content: 'A search will tell.Then answer.' },
          ...Array.from({ length: 5 }, () => ({ type: expect.stringContaining('server_tool') as string })),
          { type: 'text', content: 'The Dachstein is 2,995 m high.' },
          { type: 'tool_call', id: 'call_3', name: 'remember', arguments: { metres: 2995 } },
          { type: 'tool_call', id: 'call_4', name: 'note', arguments: 'done' },
        ],
      },
    ]);
  });

  it('counts what Anthropic streams once, and leaves out the pieces of calls that it answers itself', () => {
    expect(whole(folded('journey'))).toEqual({
      operation: 'chat',
      provider: 'anthropic',
      id: 'msg_1',
      model: 'claude-sonnet-5-20260101',
      finishReasons: ['tool_use'],
      usage: {
        inputTokens: 150,
        outputTokens: 60,
        cacheReadInputTokens: 100,
        cacheCreationInputTokens: 30,
        raw: { total_tokens: 60 },
      },
      output: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'A search, then a plan.' },
            { type: 'text', content: 'I will book it.' },
            { type: 'tool_call', id: 'toolu_2', name: 'book', arguments: { from: 'Wien', to: 'Graz' } },
            { type: 'tool_call', id: 'toolu_3', name: 'now', arguments: '' },
          ],
          finish_reason: 'tool_use',
        },
      ],
      ...SUMMARY,
    });
  });

  it('reads the events of a stream as its chunks', () => {
    expect(whole(folded('events'))).toEqual({
      ...whole(folded('weather')),
      usage: {
        inputTokens: 90,
        outputTokens: 40,
        cacheReadInputTokens: 64,
        reasoningOutputTokens: 12,
        raw: {
          total_tokens: 130,
          'input_token_details.audio': 3,
          'output_token_details.audio': 0,
        },
      },
    });
    expect(folded('journey-events')).toMatchObject({
      id: 'msg_1',
      model: 'claude-sonnet-5-20260101',
      provider: 'anthropic',
      finishReasons: ['tool_use'],
    });
  });

  it('counts the choices of one answer once, and the answers to several prompts together', () => {
    expect(answer('choices')).toMatchObject({
      finishReasons: ['stop', 'length'],
      usage: { inputTokens: 12, outputTokens: 9 },
    });
    expect(answer('choices').output?.()).toHaveLength(2);
    const { generations } = fixture('langchain', 'choices', 'response') as { generations: unknown[][] };
    expect(langchain.read({ generations: [...generations, ...generations] })).toMatchObject({
      finishReasons: ['stop', 'length', 'stop', 'length'],
      usage: { inputTokens: 24, outputTokens: 18 },
    });
    expect(langchain.read({ generations: generations[0] })?.finishReasons).toEqual(['stop', 'length']);
    expect(answer('names')).toMatchObject({
      operation: 'text_completion',
      finishReasons: ['stop', 'length'],
      usage: { inputTokens: 9, outputTokens: 4, raw: { totalTokens: 13 } },
    });
  });

  it('takes audio and image tokens, and no id that LangChain made', () => {
    const message = new AIMessage({
      id: 'run-1',
      content: 'Dune',
      usage_metadata: {
        input_tokens: 9,
        output_tokens: 5,
        total_tokens: 14,
        input_token_details: { image: 4, audio: 2 },
        output_token_details: { reasoning: 3 },
      },
      response_metadata: { model_provider: 'google-genai', finishReason: 'SAFETY' },
    });
    expect(langchain.read(message)).toMatchObject({
      provider: 'gcp.gemini',
      id: undefined,
      finishReasons: ['SAFETY'],
      usage: {
        inputTokens: 9,
        outputTokens: 5,
        reasoningOutputTokens: 3,
        raw: { total_tokens: 14, 'input_token_details.image': 4, 'input_token_details.audio': 2 },
      },
    });
  });

  it('reads messages of all classes, with content of both generations and of the providers', () => {
    const messages: BaseMessage[] = [
      new SystemMessage('You are a guide.'),
      new ChatMessage('Be brief.', 'developer'),
      new HumanMessage({
        content: [
          { type: 'text', text: 'Like here?' },
          { type: 'image', source_type: 'base64', mime_type: 'image/png', data: 'iVBORw0KGgo=' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'image_url', image_url: { url: 'https://example.com/b.png' } },
          { type: 'audio', mimeType: 'audio/wav', data: new Uint8Array(5) },
          { type: 'file', source_type: 'id', id: 'file-1', mime_type: 'application/pdf' },
          { type: 'document', source: { type: 'url', url: 'https://example.com/c.pdf' } },
        ] as never,
      }),
      new AIMessage({
        content: [
          { type: 'reasoning', reasoning: 'Where is here?' },
          { type: 'tool_use', id: 'call_1', name: 'locate', input: {} },
        ],
        tool_calls: [{ id: 'call_1', name: 'locate', args: { exact: true } }],
        invalid_tool_calls: [{ id: 'call_2', name: 'locate', args: '{"exact":', error: 'Malformed args.' }],
      }),
      new ToolMessage({ content: 'Graz', tool_call_id: 'call_1', artifact: { map: 'large' } }),
    ];
    const request = requestIn({ messages });
    const found = readRequest(request);
    expect(found?.provider).toBe(langchain);
    expect(langchain.request(snapshot(request) as object)?.input?.()).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You are a guide.' }] },
      { role: 'developer', parts: [{ type: 'text', content: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Like here?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
          { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/b.png' },
          { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: '', bytes: 5 },
          { type: 'file', modality: 'document', file_id: 'file-1' },
          { type: 'uri', modality: 'document', uri: 'https://example.com/c.pdf' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Where is here?' },
          { type: 'tool_call', id: 'call_1', name: 'locate', arguments: { exact: true } },
          { type: 'tool_call', id: 'call_2', name: 'locate', arguments: '{"exact":' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'Graz' }] },
    ]);
  });

  it('reads parameters, tools and the kind of output', () => {
    const reading = langchain.request(fixture('langchain', 'weather', 'request'));
    expect(reading?.request).toEqual({
      model: 'gpt-5-mini',
      temperature: 0.2,
      maxTokens: 64,
      stopSequences: ['.'],
    });
    expect(reading?.outputType).toBe('json');
    expect(reading?.toolDefinitions?.()).toEqual([
      { type: 'function', name: 'weather', description: 'Tells the weather', parameters: { type: 'object' } },
    ]);
    const anthropics = requestIn({
      messages: [new HumanMessage('Hello')],
      invocation_params: { tools: [{ name: 'now', input_schema: { type: 'object' } }] },
      metadata: { ls_model_name: 'claude-sonnet-5', ls_temperature: 0.5, ls_max_tokens: 9, mine: 'not read' },
    });
    expect(langchain.request(anthropics)?.request).toEqual({
      model: 'claude-sonnet-5',
      temperature: 0.5,
      maxTokens: 9,
    });
    expect(langchain.request(anthropics)?.toolDefinitions?.()).toEqual([
      { type: 'function', name: 'now', parameters: { type: 'object' } },
    ]);
  });

  it('knows a model, and who answers it', () => {
    const openai = new ChatOpenAI({ model: 'gpt-5-mini', apiKey: 'k' });
    expect(providerOfClient(openai)).toBe(langchain);
    expect(langchain.clientName?.(openai)).toBe('openai');
    expect(langchain.clientModel?.(openai)).toBe('gpt-5-mini');
    const azure = { baseURL: 'https://mine.openai.azure.com/openai/deployments/x' };
    expect(langchain.clientName?.(new ChatOpenAI({ apiKey: 'k', configuration: azure }))).toBe('azure.ai.openai');
    expect(langchain.clientName?.(new ChatAnthropic({ model: 'claude-sonnet-5', apiKey: 'k' }))).toBe('anthropic');
    expect(Object.keys(langchain.innerCalls?.(openai)?.requests ?? {})).toEqual([
      '_generate',
      '_streamResponseChunks',
      '_streamChatModelEvents',
    ]);
  });
});

describe('the name of a package', () => {
  it.each([
    ['openai.responses', 'openai'],
    ['azure_openai', 'azure.ai.openai'],
    ['google_vertexai', 'gcp.vertex_ai'],
    ['vertex.anthropic.messages', 'gcp.vertex_ai'],
    ['google-genai', 'gcp.gemini'],
    ['Gemini', 'gcp.gemini'],
    ['amazon_bedrock', 'aws.bedrock'],
    ['mistralai', 'mistral_ai'],
    ['xai', 'x_ai'],
    ['ollama', 'ollama'],
  ])('%s stands for %s', (name, provider) => {
    expect(providerOfPackage(name)).toBe(provider);
  });
});
