/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-extraneous-class -- templates read parameters; the classes are only decorated */
import { SpanKind } from '@opentelemetry/api';
import { agent } from '../../src/decorators/agent.js';
import { embeddings } from '../../src/decorators/embeddings.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { retriever } from '../../src/decorators/retriever.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { workflow } from '../../src/decorators/workflow.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

const seen = (): [string, SpanKind, unknown][] =>
  telemetry.spans.map((one) => [one.name, one.kind, one.attributes['gen_ai.operation.name']]);

describe('the families', () => {
  it('differ in name, kind and operation', () => {
    class Librarian {
      @withOtel() ask(): void {}
      @withOtel({ name: 'answer', operation: 'generate_content', provider: 'openai', model: 'gpt-5-mini' })
      named(): void {}
      @tool({ description: 'Looks a book up' }) lookUp(): void {}
      @tool({ name: 'find', type: 'extension' }) search(): void {}
      @agent({ id: '7', description: 'Answers', version: '2', tools: ['find'], handoffs: ['clerk'] }) run(): void {}
      @agent({ name: 'librarian' }) answer(): void {}
      @span rank(): void {}
      @span('rank books') rankBooks(): void {}
      @workflow acquire(): void {}
      @embeddings embed(): void {}
      @embeddings({ model: 'embed-v4.0', provider: 'cohere', dimensions: 256 }) embedShort(): void {}
      @retriever recall(): void {}
      @retriever({ dataSource: 'books', topK: 5, provider: 'openai' }) recallBooks(): void {}
    }
    const librarian = new Librarian();
    librarian.ask();
    librarian.named();
    librarian.lookUp();
    librarian.search();
    librarian.run();
    librarian.answer();
    librarian.rank();
    librarian.rankBooks();
    librarian.acquire();
    librarian.embed();
    librarian.embedShort();
    librarian.recall();
    librarian.recallBooks();
    expect(seen()).toEqual([
      ['ask', SpanKind.CLIENT, 'chat'],
      ['answer', SpanKind.CLIENT, 'generate_content'],
      ['execute_tool lookUp', SpanKind.INTERNAL, 'execute_tool'],
      ['execute_tool find', SpanKind.INTERNAL, 'execute_tool'],
      ['invoke_agent run', SpanKind.INTERNAL, 'invoke_agent'],
      ['invoke_agent librarian', SpanKind.INTERNAL, 'invoke_agent'],
      ['rank', SpanKind.INTERNAL, undefined],
      ['rank books', SpanKind.INTERNAL, undefined],
      ['invoke_workflow acquire', SpanKind.INTERNAL, 'invoke_workflow'],
      ['embeddings', SpanKind.CLIENT, 'embeddings'],
      ['embeddings embed-v4.0', SpanKind.CLIENT, 'embeddings'],
      ['retrieval', SpanKind.CLIENT, 'retrieval'],
      ['retrieval books', SpanKind.CLIENT, 'retrieval'],
    ]);
    const attributes = telemetry.spans.map((one) => one.attributes);
    const [, named, lookUp, search, run, answer] = attributes;
    expect(attributes[10]).toMatchObject({
      'gen_ai.request.model': 'embed-v4.0',
      'gen_ai.provider.name': 'cohere',
      'gen_ai.embeddings.dimension.count': 256,
    });
    expect(attributes[12]).toMatchObject({
      'gen_ai.data_source.id': 'books',
      'gen_ai.retrieval.top_k': 5,
      'gen_ai.provider.name': 'openai',
    });
    expect(named).toMatchObject({ 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5-mini' });
    expect(lookUp).toMatchObject({
      'gen_ai.tool.name': 'lookUp',
      'gen_ai.tool.description': 'Looks a book up',
      'gen_ai.tool.type': 'function',
    });
    expect(search).toMatchObject({ 'gen_ai.tool.name': 'find', 'gen_ai.tool.type': 'extension' });
    expect(run).toMatchObject({
      'gen_ai.agent.name': 'run',
      'gen_ai.agent.id': '7',
      'gen_ai.agent.version': '2',
      'gen_ai.agent.description': 'Answers',
      'decotel.agent.tools': ['find'],
      'decotel.agent.handoffs': ['clerk'],
    });
    expect(answer).toMatchObject({ 'gen_ai.agent.name': 'librarian' });
  });
});

describe('@withOtel on a class', () => {
  it('decorates its own methods that have a template, and no helper', () => {
    @withOtel({ provider: 'openai' })
    class Librarian {
      @promptTemplate('{genre}') ask(genre: string): string {
        return this.helper(promptText());
      }
      @tool @promptTemplate('tool') lookUp(): string {
        return promptText();
      }
      @promptTemplate('static') static make(): string {
        return promptText();
      }
      helper(text: string): string {
        return text;
      }
    }
    const librarian = new Librarian();
    expect([librarian.ask('sf'), librarian.lookUp(), Librarian.make()]).toEqual(['sf', 'tool', 'static']);
    expect(seen().map(([name]) => name)).toEqual(['ask', 'execute_tool lookUp', 'make']);
    expect(telemetry.spans[0]?.attributes).toMatchObject({
      'code.function.name': 'Librarian.ask',
      'gen_ai.provider.name': 'openai',
    });
  });

  it('decorates the methods that are named', () => {
    @withOtel({ methods: ['ask'] })
    class Librarian {
      ask(): string {
        return this.helper();
      }
      helper(): string {
        return 'x';
      }
    }
    expect(new Librarian().ask()).toBe('x');
    expect(seen()).toEqual([['ask', SpanKind.CLIENT, 'chat']]);
    expect(telemetry.spans[0]?.attributes['code.function.name']).toBe('Librarian.ask');
  });

  it('refuses names that the class does not declare, and a class without a template', () => {
    class Base {
      inherited(): void {}
    }
    expect(() => {
      @withOtel({ methods: ['inherited'] })
      class Librarian extends Base {
        ask(): void {}
        get size(): number {
          return 1;
        }
      }
      return Librarian;
    }).toThrow('`@withOtel` on `Librarian`: unknown method `inherited` in `methods`. There are ask.');
    expect(() => {
      @withOtel
      @promptTemplate('of the class')
      class Librarian {
        ask(): void {}
      }
      return Librarian;
    }).toThrow(
      "`@withOtel` on `Librarian`: no method has a `@promptTemplate` of its own. Name those that call a model: @withOtel({ methods: ['ask'] }).",
    );
    expect(() => {
      @withOtel({ methods: ['ask'] })
      class Librarian {
        @tool ask(): void {}
      }
      return Librarian;
    }).toThrow('`@withOtel` on `Librarian.ask`: already decorated with `@tool`.');
  });

  it('goes with a template of the class, in either order', () => {
    @withOtel({ methods: ['ask'] })
    @promptTemplate('{genre}')
    class Inner {
      genre = 'sf';
      ask(): string {
        return promptText();
      }
    }
    @promptTemplate('{genre}')
    @withOtel({ methods: ['ask'] })
    class Outer {
      genre = 'crime';
      ask(): string {
        return promptText();
      }
    }
    expect([new Inner().ask(), new Outer().ask()]).toEqual(['sf', 'crime']);
    expect(seen().map(([name]) => name)).toEqual(['ask', 'ask']);
  });
});

describe('@agent on a class', () => {
  it('makes its construction a span, and its methods know whose they are', () => {
    @agent({ name: 'librarian', description: 'Answers', id: '7' })
    class Librarian {
      static count = 0;
      static make(reader: string): Librarian {
        return new this(reader);
      }
      constructor(readonly reader: string) {
        Librarian.count++;
        this.rank();
      }
      @agent() run(): string {
        return this.reader;
      }
      @agent({ name: 'other' }) other(): void {}
      @tool lookUp(): void {}
      @span rank(): void {}
    }
    class Sub extends Librarian {
      then = undefined;
    }
    const librarian = Librarian.make('Ann');
    expect(librarian).toBeInstanceOf(Librarian);
    expect(librarian.constructor).toBe(Librarian);
    expect([Librarian.name, Librarian.length, Librarian.count]).toEqual(['Librarian', 1, 1]);
    expect(librarian.run()).toBe('Ann');
    librarian.other();
    librarian.lookUp();
    expect(new Sub('Bo')).toBeInstanceOf(Sub);
    const names = telemetry.spans.map((one) => [one.name, one.attributes['gen_ai.agent.name']]);
    expect(names).toEqual([
      ['rank', 'librarian'],
      ['create_agent librarian', 'librarian'],
      ['invoke_agent librarian', 'librarian'],
      ['invoke_agent other', 'other'],
      ['execute_tool lookUp', 'librarian'],
      ['rank', 'librarian'],
      ['create_agent librarian', 'librarian'],
    ]);
    expect(telemetry.spans[1]?.attributes).toMatchObject({
      'gen_ai.agent.id': '7',
      'gen_ai.agent.description': 'Answers',
      'gen_ai.operation.name': 'create_agent',
      'code.function.name': 'Librarian',
    });
    expect(telemetry.spans[0]?.parentSpanContext?.spanId).toBe(telemetry.spans[1]?.spanContext().spanId);
  });

  it('throws what the constructor throws', () => {
    const error = new Error('no');
    @agent
    class Librarian {
      constructor() {
        throw error;
      }
    }
    expect(() => new Librarian()).toThrow(error);
    expect(telemetry.spans.map((one) => one.name)).toEqual(['create_agent Librarian']);
  });
});
