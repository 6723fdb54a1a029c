import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NO_CONTENT } from '../../src/core/settings.js';
import { viewOf } from '../../src/destinations/span-view.js';
import { fanOut } from '../../src/destinations/with-content.js';
import type { Dialect } from '../../src/dialects/dialect.js';
import { genAiEvents } from '../../src/dialects/gen-ai-events.js';
import { genAi } from '../../src/dialects/gen-ai.js';
import { langfuse } from '../../src/dialects/langfuse.js';
import { builtInDialects } from '../../src/dialects/registry.js';
import { openinference } from '../../src/dialects/openinference.js';
import { chatWithTools } from '../support/chat-with-tools.js';
import { chatRecord, spanMaker, type SpanParts } from '../support/finished-span.js';
import { asWrittenIn } from '../support/written-in.js';

const { make } = spanMaker();
const failed = chatRecord({
  outcome: 'error',
  error: { type: '429', name: 'RateLimitError', message: 'the prompt was: secret plan', stack: 'at secret plan' },
});

const text = (span: object): string => {
  const { name, attributes, events, status } = span as Record<string, unknown>;
  return JSON.stringify([name, attributes, events, status]);
};

describe('a view in another dialect of a span that was masked in place', () => {
  const others = builtInDialects
    .filter((dialect) => dialect !== genAi)
    .map((dialect) => [dialect.name, dialect] as const);
  const WAYS: [string, SpanParts][] = [
    ['on the span itself', { contentOnSpan: true }],
    ['in an earlier view', { metadataOnSpan: false }],
  ];

  describe.each(WAYS)('%s', (_, parts) => {
    it.each(others)('(%s) leaves out the kind of content that was masked, and no other', (_name, dialect) => {
      const span = viewOf(make('ask', { record: chatRecord(), ...parts }), { dialect: genAi });
      span.attributes['gen_ai.input.messages'] = '[masked]';
      const view = viewOf(span, { dialect });
      expect(text(view)).not.toContain('fantasy');
      expect(text(view)).toContain('The Name of the Wind');
    });

    it('leaves out what was removed, too', () => {
      const span = viewOf(make('ask', { record: chatRecord(), ...parts }), { dialect: genAi });
      delete span.attributes['gen_ai.output.messages'];
      const view = viewOf(span, { dialect: langfuse });
      expect(text(view)).not.toContain('The Name of the Wind');
      expect(text(view)).toContain('fantasy');
    });

    it('leaves out all content where the event of an error was masked', () => {
      const span = viewOf(make('ask', { record: failed, ...parts }), { dialect: genAi });
      expect(span.attributes['error.type']).toBe('429');
      for (const event of span.events) if (event.attributes) event.attributes['exception.message'] = '[masked]';
      const view = viewOf(span, { dialect: langfuse });
      expect(text(view.attributes)).not.toContain('secret');
      expect(text(view)).not.toMatch(/secret|fantasy/);
    });

    describe('of metadata', () => {
      const told = chatRecord({
        session: { id: 's-1', userId: 'ann', metadata: { email: 'ann@example.com', age: 12 } },
        metadata: { plan: 'gold', team: 'books', isNew: true },
        tags: ['vip', 'beta'],
        response: { model: 'answering-7', id: 'chatcmpl-1' },
        request: { model: 'gpt-5-mini', stopSequences: ['ann', 'END'] },
        scores: [{ name: 'tone', label: 'rude', time: 1 }],
        prompt: { template: 'a', name: 'recommend', metadata: { owner: 'bob' }, tags: ['vip'] },
      });
      const masked = () => {
        const span = viewOf(make('ask', { record: told, ...parts }), { dialect: genAi });
        const { attributes, events } = span;
        Object.assign(attributes, {
          'user.id': '[user]',
          'decotel.tags': ['beta'],
          'gen_ai.response.model': 'model-1',
        });
        for (const key of ['decotel.metadata.email', 'decotel.metadata.age', 'decotel.metadata.isNew'])
          Reflect.deleteProperty(attributes, key);
        attributes['decotel.metadata.plan'] = 1;
        attributes['decotel.prompt.metadata.owner'] = '[owner]';
        for (const event of events) if (event.attributes) event.attributes['gen_ai.evaluation.score.label'] = '[label]';
        return span;
      };

      it.each(others)(
        '(%s) has under its own names what they were changed to, and nothing of what they were',
        (name, dialect) => {
          const view = viewOf(masked(), { dialect });
          const before = text(viewOf(make('ask', { record: told, ...parts }), { dialect }));
          const after = text(view);
          for (const was of [
            /"ann"|\\"ann\\"/,
            /ann@example/,
            /gold/,
            /vip/,
            /answering-7/,
            /bob/,
            /"rude"/,
            /isNew/,
            /\bage\b/,
          ])
            expect([name, String(was), was.test(after)]).toEqual([name, String(was), false]);
          for (const [was, now] of [
            ['"ann"', '[user]'],
            ['answering-7', 'model-1'],
            ['"rude"', '[label]'],
            ['bob', '[owner]'],
          ] as const)
            expect([name, now, after.includes(now)]).toEqual([name, now, before.includes(was)]);
          for (const kept of [
            's-1',
            'books',
            'beta',
            'gpt-5-mini',
            'Librarian.recommendBook',
            'fantasy',
            ':12',
            ':268',
          ])
            expect([name, kept, after.includes(kept)]).toEqual([name, kept, before.includes(kept)]);
        },
      );

      it('keeps the name that someone gave the span', () => {
        const span = viewOf(make('ask', { record: { ...told, spanName: 'chat gpt-5-mini' }, ...parts }), {
          dialect: genAi,
        });
        expect(viewOf(span, { dialect: langfuse }).name).toBe('chat gpt-5-mini');
        Object.assign(span, { name: 'renamed' });
        expect(viewOf(span, { dialect: langfuse }).name).toBe('renamed');
      });

      it('takes nothing away for what the SDK had no room for', () => {
        const span = viewOf(make('ask', { record: told, ...parts }), { dialect: genAi });
        Reflect.deleteProperty(span.attributes, 'user.id');
        Object.defineProperty(span, 'droppedAttributesCount', { value: 1 });
        expect(viewOf(span, { dialect: langfuse }).attributes).toMatchObject({ 'langfuse.user.id': 'ann' });
      });
    });

    it('has all content where nobody changed what they saw', () => {
      const span = viewOf(make('ask', { record: chatRecord(), ...parts }), { dialect: genAi });
      expect(span.attributes['gen_ai.input.messages']).toContain('fantasy');
      span.attributes['mine'] = 1;
      expect(text(viewOf(span, { dialect: langfuse }))).toMatch(/fantasy.*The Name of the Wind/);
    });
  });

  it.each([
    [
      'a proxy',
      (span: ReadableSpan) =>
        new Proxy(span, { get: (target, key) => (key === 'attributes' ? {} : Reflect.get(target, key, target)) }),
    ],
    [
      'an object made from it',
      (span: ReadableSpan) => Object.create(span, { attributes: { value: {} } }) as ReadableSpan,
    ],
    ['itself, redefined', (span: ReadableSpan) => Object.defineProperty(span, 'attributes', { value: {} })],
  ])('has nothing of what is hidden by %s before anyone read it', (_, hide) => {
    const span = viewOf(make('ask', { record: chatRecord(), metadataOnSpan: false }), { dialect: genAi });
    expect(text(viewOf(hide(span), { dialect: langfuse }))).not.toMatch(/fantasy|The Name of the Wind/);
  });

  it('says what was masked in JSON of metadata', () => {
    const record = { metadata: { plan: 'gold', owner: 'ann', age: 12 }, session: { metadata: { team: 'books' } } };
    const span = asWrittenIn(openinference, record, {});
    const metadata = { ...(JSON.parse(String(span.attributes['metadata'])) as object), plan: '[plan]', age: 0 };
    span.attributes['metadata'] = JSON.stringify({ ...metadata, owner: undefined });
    const { attributes } = viewOf(span, { dialect: genAi });
    const seen = Object.entries(attributes).filter(([key]) => key.startsWith('decotel.metadata.'));
    expect(Object.fromEntries(seen)).toEqual({
      'decotel.metadata.plan': '[plan]',
      'decotel.metadata.age': 0,
      'decotel.metadata.team': 'books',
    });
  });

  it('reads the content once where only the other dialect is wanted', () => {
    const input = jest.fn(() => [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }]);
    const span = viewOf(make('ask', { record: chatRecord({ messages: { input } }), metadataOnSpan: false }), {
      dialect: genAi,
    });
    expect(text(viewOf(span, { dialect: langfuse }))).toContain('Hi');
    expect(input).toHaveBeenCalledTimes(1);
  });

  it('is what a destination behind the masking processor gets', () => {
    const seen: string[] = [];
    const processor = (end: (span: Parameters<SpanProcessor['onEnd']>[0]) => void): SpanProcessor => ({
      onStart: () => undefined,
      onEnd: end,
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    });
    const masking = processor((span) => void (span.attributes['gen_ai.input.messages'] = '[masked]'));
    const sending = processor((span) => void seen.push(text(viewOf(span, { dialect: openinference }))));
    fanOut([masking, sending]).onEnd(make('ask', { record: chatRecord(), metadataOnSpan: false }));
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toContain('fantasy');
    expect(seen[0]).toContain('The Name of the Wind');
  });
});

describe('a span that is itself written in a dialect of many attributes', () => {
  const narrow = { ...NO_CONTENT, input: true };

  it('leaves none of them in another dialect', () => {
    const span = asWrittenIn(openinference, chatWithTools, { contentOnSpan: true, attributes: { own: 1 } });
    expect(span.attributes).toHaveProperty(['llm.input_messages.3.message.content']);
    const view = viewOf(span, { dialect: genAi });
    expect(view.attributes).toMatchObject({ own: 1, 'gen_ai.request.model': 'gpt-5-mini' });
    expect(Object.keys(view.attributes).filter((key) => key.startsWith('llm.'))).toEqual([]);
  });

  it('keeps what was masked in them when a destination wants less', () => {
    const span = asWrittenIn(openinference, chatWithTools, { contentOnSpan: true });
    span.attributes['llm.input_messages.0.message.content'] = '[masked]';
    const { attributes } = viewOf(span, { dialect: openinference, content: narrow });
    expect(attributes).toMatchObject({
      'llm.input_messages.0.message.content': '[masked]',
      'llm.input_messages.2.message.tool_calls.0.tool_call.function.name': 'lookUp',
    });
    expect(JSON.stringify(attributes)).not.toMatch(/isbn|Emma|Be kind/);
  });

  it('gets them where the span carries no content', () => {
    const span = asWrittenIn(openinference, chatWithTools, {});
    expect(span.attributes).not.toHaveProperty(['llm.input_messages.0.message.content']);
    const { attributes } = viewOf(span, { dialect: openinference });
    expect(attributes['llm.input_messages.0.message.content']).toBe('Be kind');
  });
});

describe('a span that is itself written in a dialect of events', () => {
  const names = (span: object) => (span as { events: { name: string }[] }).events.map((event) => event.name);
  const inside = (dialect: Dialect, parts: SpanParts) => asWrittenIn(dialect, chatWithTools, parts);

  it('has them where it carries content, and gets them where it does not', () => {
    const all = [
      'gen_ai.system.message',
      'gen_ai.user.message',
      'gen_ai.assistant.message',
      'gen_ai.tool.message',
      'gen_ai.choice',
      'gen_ai.content.prompt',
      'gen_ai.content.completion',
    ];
    expect(names(inside(genAiEvents, { contentOnSpan: true }))).toEqual(all);
    expect(names(inside(genAiEvents, {}))).toEqual([]);
    expect(names(viewOf(inside(genAiEvents, {}), { dialect: genAiEvents }))).toEqual(all);
  });

  it('keeps what was masked or taken off when a destination wants less', () => {
    const span = inside(genAiEvents, { contentOnSpan: true });
    const [system] = span.events;
    if (system?.attributes) system.attributes['content'] = '[masked]';
    span.events.splice(1, 1);
    const view = viewOf(span, { dialect: genAiEvents, content: { ...NO_CONTENT, input: true } });
    expect(names(view)).toEqual([
      'gen_ai.system.message',
      'gen_ai.assistant.message',
      'gen_ai.tool.message',
      'gen_ai.content.prompt',
    ]);
    expect(view.events[0]?.attributes).toEqual({ content: '[masked]' });
    expect(JSON.stringify(view.events.slice(0, -1))).not.toMatch(/isbn|Emma/);
  });

  it('leaves none of them in another dialect', () => {
    expect(names(viewOf(inside(genAiEvents, { contentOnSpan: true }), { dialect: genAi }))).toEqual([]);
  });
});
