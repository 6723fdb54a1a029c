import { openaiChat } from '../../src/providers/openai-chat.js';
import { defaultSettings, replaceSettings } from '../../src/core/settings.js';
import { snapshot } from '../../src/core/snapshot.js';
import type { ResponseReading } from '../../src/providers/provider.js';
import { fixture } from '../support/fixtures.js';
import { schemaComplaints } from '../support/conventions.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

describe('openaiChat', () => {
  keepsTheProviderContract(openaiChat, 'openai-chat');

  it('reads a response', () => {
    const { output, ...reading } = openaiChat.read(fixture('openai-chat', 'weather', 'response')) ?? {};
    expect(reading).toEqual({
      operation: 'chat',
      id: 'chatcmpl-1',
      model: 'gpt-5-mini-2025-08-07',
      finishReasons: ['tool_calls'],
      usage: {
        inputTokens: 90,
        outputTokens: 40,
        cacheReadInputTokens: 64,
        reasoningOutputTokens: 12,
        raw: {
          total_tokens: 130,
          'prompt_tokens_details.audio_tokens': 3,
          'completion_tokens_details.audio_tokens': 0,
        },
      },
    });
    expect(output?.()).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Two places are asked for.' },
          { type: 'text', content: 'Let me look.' },
          { type: 'tool_call', id: 'call_3', name: 'weather', arguments: { city: 'Vienna' } },
          { type: 'tool_call', id: 'call_4', name: 'weather', arguments: { city: 'Graz' } },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('gives each choice its own message, with refusals and spoken answers', () => {
    const reading = openaiChat.read(fixture('openai-chat', 'choices', 'response'));
    expect(reading?.finishReasons).toEqual(['stop', 'length']);
    expect(reading?.output?.()).toEqual([
      { role: 'assistant', parts: [{ type: 'refusal', content: 'I cannot help with that.' }], finish_reason: 'stop' },
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Good morning!' },
          { type: 'blob', modality: 'audio', content: '', bytes: 12 },
        ],
        finish_reason: 'length',
      },
    ]);
  });

  it('reads content in parts, thoughts among them (Mistral)', () => {
    const reading = openaiChat.read(fixture('openai-chat', 'parts', 'response'));
    expect(reading).toMatchObject({ usage: undefined });
    expect(reading?.output?.()?.[0]?.parts).toEqual([
      { type: 'reasoning', content: 'A greeting is due.' },
      { type: 'text', content: 'Servus!' },
    ]);
  });

  describe('in the dialects of others', () => {
    const answer = (message: object, more: object = {}): object => ({
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
      ...more,
    });
    const partsOf = (value: object): unknown => openaiChat.read(value)?.output?.()?.[0]?.parts;

    it('reads thoughts under either name (DeepSeek, xAI; Groq, OpenRouter)', () => {
      const parts = [
        { type: 'reasoning', content: 'Hm.' },
        { type: 'text', content: 'Yes.' },
      ];
      expect(partsOf(answer({ content: 'Yes.', reasoning_content: 'Hm.' }))).toEqual(parts);
      expect(partsOf(answer({ content: 'Yes.', reasoning: 'Hm.', reasoning_content: '' }))).toEqual(parts);
    });

    it('counts cache hits once and keeps the misses under their own name (DeepSeek)', () => {
      const usage = {
        prompt_tokens: 12,
        completion_tokens: 3,
        prompt_tokens_details: { cached_tokens: 8 },
        prompt_cache_hit_tokens: 8,
        prompt_cache_miss_tokens: 4,
      };
      expect(openaiChat.read(answer({ content: 'Yes.' }, { usage }))?.usage).toEqual({
        inputTokens: 12,
        outputTokens: 3,
        cacheReadInputTokens: 8,
        raw: { prompt_cache_miss_tokens: 4 },
      });
    });

    it('knows answers of Groq by their mark', () => {
      expect(openaiChat.read(answer({ content: 'Yes.' }, { x_groq: { id: 'req_1' } }))?.provider).toBe('groq');
      expect(openaiChat.read(answer({ content: 'Yes.' }, { x_groq: null }))?.provider).toBeUndefined();
    });

    it('reads pictures beside the text, whole and in chunks (OpenRouter)', () => {
      const picture = (bytes: number): object => ({
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${Buffer.alloc(bytes, 7).toString('base64')}` },
      });
      const parts = [
        { type: 'text', content: 'Here.' },
        { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 900 },
        { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 30 },
      ];
      expect(partsOf(answer({ content: 'Here.', images: [picture(900), picture(30)] }))).toEqual(parts);

      const delta = (members: object): object => ({ id: 'c', choices: [{ index: 0, delta: members }] });
      const fold = openaiChat.fold(delta({}));
      fold?.add(delta({ content: 'Here.', images: [picture(900)] }));
      fold?.add(delta({ content: '', images: [picture(30)] }));
      expect(fold?.read().output?.()?.[0]?.parts).toEqual(parts);
    });

    it('reads the tools that Groq ran itself', () => {
      const executed_tools = [
        { index: 0, type: 'search', arguments: '{"query": "weather"}', output: 'Sunny', search_results: null },
        { index: 1, type: 'python', arguments: '2 +' },
        'odd',
      ];
      const parts = partsOf(answer({ content: 'Sunny.', executed_tools }));
      expect(schemaComplaints('gen_ai.output.messages', [{ role: 'assistant', parts, finish_reason: 'stop' }])).toEqual(
        [],
      );
      expect(parts).toEqual([
        {
          type: 'server_tool_call',
          name: 'search',
          server_tool_call: { type: 'search', arguments: { query: 'weather' } },
        },
        { type: 'server_tool_call_response', server_tool_call_response: { type: 'search', output: 'Sunny' } },
        { type: 'server_tool_call', name: 'python', server_tool_call: { type: 'python', arguments: '2 +' } },
        { type: 'unknown', content: 'odd' },
        { type: 'text', content: 'Sunny.' },
      ]);
    });

    it('reads what was searched: the pages, or only their addresses (Perplexity, xAI)', () => {
      const citations = ['https://example.com/a'];
      const search_results = [{ title: 'A', url: 'https://example.com/a', date: '2026-01-02' }];
      const found = (type: string, list: unknown): object => ({
        type: 'server_tool_call_response',
        server_tool_call_response: { type, [type]: list },
      });
      const text = { type: 'text', content: 'A [1]' };
      expect(partsOf(answer({ content: 'A [1]' }, { citations, search_results }))).toEqual([
        found('search_results', search_results),
        text,
      ]);
      expect(partsOf(answer({ content: 'A [1]' }, { citations, search_results: [] }))).toEqual([
        found('citations', citations),
        text,
      ]);
      expect(partsOf(answer({ content: 'A [1]' }, { citations: null }))).toEqual([text]);
    });

    it('reads the error in an answer, in a choice, or instead of an answer (OpenRouter)', () => {
      const error = { code: 502, message: 'The server went away', metadata: { provider_name: 'Someone' } };
      const read = { type: '502', message: 'The server went away' };
      const choice = { index: 0, message: { role: 'assistant', content: 'Once' }, finish_reason: 'error', error };
      expect(openaiChat.read(answer({ content: '' }, { error }))?.error).toEqual(read);
      expect(openaiChat.read({ id: 'c', object: 'chat.completion', choices: [choice] })).toMatchObject({
        error: read,
        finishReasons: ['error'],
      });
      expect(openaiChat.read({ error, user_id: 'user_1' })).toEqual({ operation: 'chat', error: read });
    });

    it('does not take a result of the application that has an error for an answer', () => {
      expect(openaiChat.read({ error: { code: 'E1', message: 'No' } })).toBeUndefined();
      expect(openaiChat.read({ error: { code: 1, message: 'No' }, data: [] })).toBeUndefined();
      expect(openaiChat.read({ error: 'No' })).toBeUndefined();
    });
  });

  it('answers null for a tool that said nothing', () => {
    const input = openaiChat.request({ messages: [{ role: 'tool', tool_call_id: 'call_1' }] })?.input?.();
    expect(schemaComplaints('gen_ai.input.messages', input)).toEqual([]);
    expect(input?.[0]?.parts).toEqual([{ type: 'tool_call_response', id: 'call_1', response: null }]);
  });

  it('reads a request', () => {
    const reading = openaiChat.request(snapshot(fixture('openai-chat', 'weather', 'request')) as object);
    expect(reading).toMatchObject({
      operation: 'chat',
      outputType: 'json',
      request: {
        model: 'gpt-5-mini',
        maxTokens: 400,
        temperature: 0.2,
        topP: 0.9,
        frequencyPenalty: 0.1,
        presencePenalty: 0.3,
        seed: 7,
        stopSequences: ['END'],
        stream: true,
      },
    });
    expect(reading?.request).not.toHaveProperty('choiceCount');
    expect(reading?.input?.()).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'You are a weather service.' }] },
      {
        role: 'user',
        name: 'ada',
        parts: [
          { type: 'text', content: 'What is the weather where this was taken?' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/roofs.png' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', bytes: 8 },
          { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: '', bytes: 4 },
          { type: 'blob', modality: 'document', mime_type: 'application/pdf', content: '', bytes: 5 },
          { type: 'file', modality: 'document', file_id: 'file-7' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'call_1', name: 'locate', arguments: { file: 'file-7' } },
          { type: 'tool_call', id: 'call_2', name: 'shell', arguments: 'date' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'Vienna' }] },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: 'call_2', response: [{ type: 'text', content: 'Fri Nov 21' }] }],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'today', arguments: {} }] },
      { role: 'tool', name: 'today', parts: [{ type: 'tool_call_response', response: 'Friday' }] },
    ]);
    expect(reading?.toolDefinitions?.()).toEqual([
      {
        type: 'function',
        name: 'locate',
        description: 'Finds the place of a picture',
        parameters: { type: 'object', properties: { file: { type: 'string' } } },
      },
      { type: 'custom', name: 'shell', description: 'Runs a command' },
      { type: 'function', name: 'today', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it('says in a message what a snapshot of a long conversation left out', () => {
    const messages = Array.from({ length: 2000 }, (_, index) => ({ role: 'user', content: String(index) }));
    const input = openaiChat.request(snapshot({ model: 'm', messages }) as object)?.input?.();
    expect(input).toHaveLength(1001);
    expect(input?.[500]).toEqual({ role: 'omitted', parts: [{ type: 'text', content: '[1000 items left out]' }] });
  });

  it('leaves to Anthropic what only Anthropic understands', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const block = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' };
    expect(openaiChat.request({ max_tokens: 9, messages })).toMatchObject({
      operation: 'chat',
      request: { maxTokens: 9 },
    });
    expect(openaiChat.request({ max_tokens: 9, system: 'Be brief.', messages })).toBeUndefined();
    expect(openaiChat.request({ messages, tools: [{ name: 'a', input_schema: {} }] })).toBeUndefined();
    expect(openaiChat.request({ messages, tools: [{ type: 'bash_20250124', name: 'bash' }] })).toBeUndefined();
    expect(openaiChat.request({ messages: [{ role: 'user', content: [block] }] })).toBeUndefined();
  });

  describe('of a stream', () => {
    const chunk = (delta: object, more: object = {}): object => ({
      id: 'c',
      object: 'chat.completion.chunk',
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: null }],
      ...more,
    });

    function folded(...chunks: object[]): ResponseReading | undefined {
      const fold = openaiChat.fold(chunks[0] ?? {});
      for (const one of chunks) fold?.add(one);
      return fold?.read();
    }

    const partsOf = (...chunks: object[]): unknown => folded(...chunks)?.output?.()?.[0]?.parts;

    it('says that the finish reason never came, and invents no usage', () => {
      const reading = folded(chunk({ content: 'Once upon' }));
      expect(reading?.finishReasons).toBeUndefined();
      expect(reading?.usage).toBeUndefined();
      expect(reading?.usageRemedy).toBe('stream_options.include_usage');
      expect(reading?.output?.()).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: 'Once upon' }], finish_reason: 'error' },
      ]);
    });

    it('takes the id and the model of the first chunk that has them', () => {
      const filter = { id: '', object: '', model: '', choices: [], prompt_filter_results: [] };
      expect(folded(filter, chunk({ content: 'a' }), chunk({}, { id: 'd', model: 'n' }))).toMatchObject({
        id: 'c',
        model: 'm',
      });
      expect(folded(chunk({ content: 'a' }, { id: 42 }))?.id).toBe('42');
    });

    it('does not take a chunk for a whole response', () => {
      expect(openaiChat.read(chunk({ content: 'a' }))).toBeUndefined();
      const both = { id: 'c', choices: [{ index: 0, finish_reason: null, message: {}, delta: { content: 'a' } }] };
      expect(openaiChat.read(both)).toBeUndefined();
    });

    it('reads chunks with a message instead of a delta (Writer)', () => {
      const message = { role: 'assistant', content: 'Hi', tool_calls: null };
      const first = chunk({}, { choices: [{ index: 0, finish_reason: null, message }] });
      expect(partsOf(first, chunk({ content: ' there' }))).toEqual([{ type: 'text', content: 'Hi there' }]);
    });

    it('takes the last usage, wherever it stands (Perplexity, Groq)', () => {
      const grown = (tokens: number): object => ({ usage: { prompt_tokens: 4, completion_tokens: tokens } });
      expect(folded(chunk({}, grown(1)), chunk({}, grown(3)))?.usage).toEqual({ inputTokens: 4, outputTokens: 3 });
      const groq = chunk({}, { x_groq: { usage: { prompt_tokens: 4, completion_tokens: 5, queue_time: 0.25 } } });
      expect(folded(groq)).toMatchObject({
        provider: 'groq',
        usage: { inputTokens: 4, outputTokens: 5, raw: { queue_time: 0.25 } },
        usageRemedy: undefined,
      });
    });

    it('joins thoughts under either name, or in parts (DeepSeek, OpenRouter, Mistral)', () => {
      const thought = (text: string): object => ({
        content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }],
      });
      expect(partsOf(chunk({ reasoning: 'a', content: '' }), chunk({ reasoning_content: 'b' }))).toEqual([
        { type: 'reasoning', content: 'ab' },
      ]);
      expect(partsOf(chunk(thought('a')), chunk(thought('b')), chunk({ content: 'c' }))).toEqual([
        { type: 'reasoning', content: 'ab' },
        { type: 'text', content: 'c' },
      ]);
    });

    const call = (delta: object): object => chunk({ tool_calls: [delta] });

    it('tells tool calls apart without an index', () => {
      expect(
        partsOf(
          call({ id: 'a', function: { name: 'f', arguments: '{"x":' } }),
          call({ function: { arguments: '1}' } }),
          call({ id: 'b', function: { name: 'g', arguments: '{}' } }),
          call({ id: 'a', function: { arguments: '' } }),
        ),
      ).toEqual([
        { type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } },
        { type: 'tool_call', id: 'b', name: 'g', arguments: {} },
      ]);
    });

    it('makes no call of a delta that says no more than an index, or nothing', () => {
      expect(
        partsOf(
          chunk({ content: 'Dune', tool_calls: [null] }),
          call({ index: 0, function: { name: null, arguments: '' } }),
          chunk({ function_call: { name: null, arguments: null } }),
        ),
      ).toEqual([{ type: 'text', content: 'Dune' }]);
      const message = { role: 'assistant', content: 'Dune', tool_calls: [{}, { function: {} }] };
      const whole = { object: 'chat.completion', id: 'chatcmpl-7', choices: [{ index: 0, message }] };
      expect(openaiChat.read(whole)?.output?.()?.[0]?.parts).toEqual([
        { type: 'text', content: 'Dune' },
        { type: 'unknown', content: {} },
      ]);
    });

    it('tells parallel calls of the same index apart (Gemini), but not by an id alone (vLLM)', () => {
      expect(
        partsOf(
          call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
          call({ index: 0, id: 'b', function: { name: 'f', arguments: '{"y":' } }),
          call({ index: 0, id: 'c', function: { arguments: '2}' } }),
        ),
      ).toEqual([
        { type: 'tool_call', id: 'a', name: 'f', arguments: {} },
        { type: 'tool_call', id: 'b', name: 'f', arguments: { y: 2 } },
      ]);
    });

    it('keeps arguments that are no JSON object as text, and arguments that are no text', () => {
      expect(
        partsOf(
          call({ index: 0, id: 'a', type: 'custom', custom: { name: 'sum', input: '4 + ' } }),
          call({ index: 0, custom: { input: '4' } }),
          call({ index: 1, id: 'b', function: { name: 'f', arguments: '{"cut' } }),
          call({ index: 2, id: 'c', function: { name: 'g', arguments: { z: 3 } } }),
        ),
      ).toEqual([
        { type: 'tool_call', id: 'a', name: 'sum', arguments: '4 + 4' },
        { type: 'tool_call', id: 'b', name: 'f', arguments: '{"cut' },
        { type: 'tool_call', id: 'c', name: 'g', arguments: { z: 3 } },
      ]);
    });

    it('joins a legacy function call', () => {
      expect(
        partsOf(chunk({ function_call: { name: 'f', arguments: '' } }), chunk({ function_call: { arguments: '{}' } })),
      ).toEqual([{ type: 'tool_call', name: 'f', arguments: {} }]);
    });

    it('gives the last of several completions (runTools)', () => {
      const first = chunk({ role: 'assistant', content: 'a' }, { usage: { prompt_tokens: 1 } });
      const finished = { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
      const second = chunk({ role: 'assistant', content: 'b' }, { id: 'd', model: 'n' });
      const reading = folded(first, finished, second);
      expect(reading).toMatchObject({ id: 'd', model: 'n', finishReasons: undefined, usage: undefined });
      expect(reading?.output?.()?.[0]?.parts).toEqual([{ type: 'text', content: 'b' }]);
    });

    it('takes chunks that each have an id of their own for one completion', () => {
      const end = { id: 'd', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
      const usage = { id: 'e', choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } };
      const reading = folded(chunk({ role: 'assistant', content: 'a' }), end, usage);
      expect(reading).toMatchObject({ id: 'c', finishReasons: ['stop'], usage: { inputTokens: 1 } });
      expect(reading?.output?.()?.[0]?.parts).toEqual([{ type: 'text', content: 'a' }]);
    });

    it('joins what is said twice of a tool that Groq ran: the call, then the call with its output', () => {
      const tool = { index: 0, type: 'search', arguments: '{"query":"a"}', search_results: { results: [] } };
      expect(
        partsOf(
          chunk({ executed_tools: [tool] }),
          chunk({ executed_tools: [{ ...tool, output: 'found' }] }),
          chunk({ content: 'b' }),
        ),
      ).toEqual([
        { type: 'server_tool_call', name: 'search', server_tool_call: { type: 'search', arguments: { query: 'a' } } },
        {
          type: 'server_tool_call_response',
          server_tool_call_response: { type: 'search', search_results: { results: [] }, output: 'found' },
        },
        { type: 'text', content: 'b' },
      ]);
    });

    it('reads once what every chunk repeats of a search (Perplexity)', () => {
      const found = { citations: ['https://example.com/a'], search_results: [{ url: 'https://example.com/a' }] };
      expect(partsOf(chunk({ content: 'a' }, found), chunk({ content: 'b' }, found))).toEqual([
        {
          type: 'server_tool_call_response',
          server_tool_call_response: { type: 'search_results', search_results: found.search_results },
        },
        { type: 'text', content: 'ab' },
      ]);
    });

    it('reads the error of a choice (OpenRouter)', () => {
      const broken = {
        choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 503, message: 'Gone' } }],
      };
      expect(folded(chunk({ content: 'a' }), broken)).toMatchObject({
        error: { type: '503', message: 'Gone' },
        finishReasons: ['error'],
      });
    });

    it('reads an error that came instead of the rest (OpenRouter)', () => {
      const error = { code: 502, message: 'Provider returned error' };
      expect(folded(chunk({ content: 'a' }), chunk({}, { error }))?.error).toEqual({
        type: '502',
        message: 'Provider returned error',
      });
    });

    it('keeps no more of a text than can be recorded', () => {
      const limits = { ...defaultSettings().limits, valueBytes: 1000 };
      const undo = replaceSettings({ ...defaultSettings(), limits });
      try {
        const pieces = Array.from({ length: 100 }, () =>
          chunk({ content: 'word '.repeat(20), reasoning: 'x'.repeat(70) }),
        );
        const [reasoning, text] = partsOf(...pieces) as { content: string }[];
        // The word at the cut is left out: it may be half a secret.
        expect(text?.content).toBe('word '.repeat(1019));
        expect(reasoning?.content.length).toBeLessThanOrEqual(1000 + 4096);
        expect(reasoning?.content.length).toBeGreaterThan(1000);
      } finally {
        undo();
      }
    });
  });
});
