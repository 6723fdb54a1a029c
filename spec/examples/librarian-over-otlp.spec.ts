import '../support/exporter-in-jest.js';
import OpenAI from 'openai';
import { Librarian } from '../../examples/librarian/src/librarian.js';
import { startLoopbackOpenAI, type LoopbackOpenAI } from '../../examples/librarian/src/loopback-openai.js';
import { configure, otlp } from '../../src/configure.js';
import { otlpReceiver, type OtlpReceiver, type OtlpSpan } from '../support/otlp-receiver.js';

describe('the example, sent over OTLP', () => {
  let receiver: OtlpReceiver;
  let server: LoopbackOpenAI;

  beforeEach(async () => {
    receiver = await otlpReceiver();
    server = await startLoopbackOpenAI();
  });

  afterEach(async () => {
    await server.close();
    await receiver.close();
  });

  it('arrives as a tree, each span after it was over', async () => {
    const decotel = configure({
      serviceName: 'librarian',
      processors: [otlp({ url: `${receiver.url}/v1/traces`, batch: false })],
    });
    const librarian = new Librarian(
      new OpenAI({ baseURL: server.baseURL, apiKey: 'any' }),
      'gpt-5-mini',
      'the town library',
    );

    let lastChunkAt = 0;
    let text = '';
    for await (const piece of librarian.answer('Is “The Left Hand of Darkness” in?')) {
      await decotel.forceFlush();
      const names = receiver.spans.map((span) => span.name);
      expect(names).not.toContain('reply');
      expect(names).not.toContain('invoke_agent librarian');
      lastChunkAt = Date.now();
      text += piece;
    }
    await decotel.shutdown();
    const spans = new Map(receiver.spans.map((span) => [span.name, span]));
    const span = (name: string): OtlpSpan => {
      const found = spans.get(name);
      if (found === undefined) throw new Error(`no span ${name} among ${[...spans.keys()].join(', ')}`);
      return found;
    };
    const agent = span('invoke_agent librarian');
    const asked = span('chooseTools');
    const reply = span('reply');

    expect([...spans.keys()].sort()).toEqual([
      'chooseTools',
      'execute_tool checkShelf',
      'execute_tool lookUpBook',
      'invoke_agent librarian',
      'reply',
    ]);
    expect(agent.parentSpanId).toBeUndefined();
    for (const child of spans.values()) {
      expect(child.traceId).toBe(agent.traceId);
      if (child !== agent) expect(child.parentSpanId).toBe(agent.spanId);
    }
    // SPAN_KIND_INTERNAL = 1, SPAN_KIND_CLIENT = 3 on the wire.
    expect([agent.kind, asked.kind, reply.kind, span('execute_tool lookUpBook').kind]).toEqual([1, 3, 3, 1]);
    expect(Number(reply.endNanoseconds / 1_000_000n)).toBeGreaterThanOrEqual(lastChunkAt - 1);
    // The SDK gives each span a clock of its own, which starts at a whole millisecond.
    expect(agent.endNanoseconds + 1_000_000n >= reply.endNanoseconds).toBe(true);

    expect(asked.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'decotel.outcome': 'completed',
    });
    expect(reply.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'code.function.name': 'Librarian.reply',
    });
    for (const call of [asked, reply]) {
      expect(call.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
      expect(call.attributes['gen_ai.usage.output_tokens']).toBeGreaterThan(0);
    }
    const output = JSON.parse(String(reply.attributes['gen_ai.output.messages'])) as { parts: { content: string }[] }[];
    expect(output[0]?.parts[0]?.content).toBe(text.trim());
    expect(JSON.parse(String(asked.attributes['gen_ai.tool.definitions']))).toHaveLength(2);
    expect(asked.attributes['decotel.prompt.template']).toContain('{question}');
    expect(JSON.parse(String(span('execute_tool lookUpBook').attributes['gen_ai.tool.call.arguments']))).toEqual({
      title: 'The Left Hand of Darkness',
    });
  });
});
