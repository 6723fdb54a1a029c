import { Observable } from 'rxjs';
import { z } from 'zod';
import { agent } from '../../src/decorators/agent.js';
import { tool } from '../../src/decorators/tool.js';
import { classTools } from '../../src/tools/tool-methods.js';
import { checkAttributes } from '../support/conventions.js';
import { parsedAttributes, startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  expect(telemetry.complaints).toEqual([]);
  await telemetry.stop();
});

const Isbn = z.object({ isbn: z.string() });
const parameters = { type: 'object', properties: { isbn: { type: 'string' } }, required: ['isbn'] };
const none = { type: 'object', properties: {}, required: [] };
const lookUp = { type: 'function', name: 'lookUp', description: 'Looks a book up', parameters };

class Base {
  @tool({ description: 'Looks a book up', input: Isbn }) lookUp(_given: { isbn: string }): void {}
  @agent run(): string {
    return 'Dune';
  }
}

const told = (name: string): unknown[] => {
  const span = telemetry.span(name);
  expect(checkAttributes(span.attributes)).toEqual([]);
  const attributes = parsedAttributes(span);
  return [attributes['decotel.agent.tools'], attributes['gen_ai.tool.definitions']];
};

describe('the tools of an agent', () => {
  it('are the @tool methods of its class, for each class its own', () => {
    class Branch extends Base {
      @tool({ name: 'close_desk' }) close(): void {}
    }
    expect(new Base().run()).toBe('Dune');
    expect(told('invoke_agent run')).toEqual([['lookUp'], [lookUp]]);
    telemetry.clear();
    new Branch().run();
    const closeDesk = { type: 'function', name: 'close_desk', parameters: none };
    expect(told('invoke_agent run')).toEqual([
      ['close_desk', 'lookUp'],
      [closeDesk, lookUp],
    ]);
    expect(classTools(new Branch())).toBe(classTools(new Branch()));
  });

  it('are those that are given where some are', () => {
    class Given extends Base {
      @agent({ tools: ['lookUp', 'web_search'], handoffs: ['clerk'] }) override run(): string {
        return '';
      }
      @agent({ tools: [] }) idle(): void {}
    }
    new Given().run();
    new Given().idle();
    expect(told('invoke_agent run')).toEqual([['lookUp', 'web_search'], [lookUp]]);
    expect(telemetry.span('invoke_agent run').attributes['decotel.agent.handoffs']).toEqual(['clerk']);
    expect(told('invoke_agent idle')).toEqual([undefined, undefined]);
  });

  it('are told at the construction of a class that is one, without their definitions', () => {
    @agent({ name: 'librarian' })
    class Librarian extends Base {
      @tool openingHours(): void {}
      @agent() override run(): string {
        return '';
      }
      @agent() static make(): void {}
      @tool static founded(): void {}
    }
    class Sub extends Librarian {
      @tool close(): void {}
    }
    const librarian = new Librarian();
    Librarian.make();
    expect(told('create_agent librarian')).toEqual([['openingHours', 'lookUp'], undefined]);
    expect(told('invoke_agent librarian')).toEqual([
      ['founded'],
      [{ type: 'function', name: 'founded', parameters: none }],
    ]);
    telemetry.clear();
    librarian.run();
    librarian.openingHours();
    expect(told('invoke_agent librarian')[0]).toEqual(['openingHours', 'lookUp']);
    expect(told('execute_tool openingHours')).toEqual([undefined, undefined]);
    telemetry.clear();
    expect(new Sub()).toBeInstanceOf(Librarian);
    expect(told('create_agent librarian')[0]).toEqual(['close', 'openingHours', 'lookUp']);
  });

  it('leave out parameters that nothing tells, and harm nobody who has no tools', () => {
    class Desk {
      @tool({ input: z.object({ day: z.date() }) }) on(_given: { day: Date }): void {}
      @agent run(): void {}
    }
    new Desk().run();
    expect(told('invoke_agent run')).toEqual([['on'], [{ type: 'function', name: 'on' }]]);
    telemetry.clear();
    const run = agent(function run(this: unknown): unknown {
      return this;
    });
    const refusing = new Proxy({}, { getPrototypeOf: () => raise() });
    for (const self of [undefined, null, 7, 'x', {}, Object.create(null), refusing]) run.call(self);
    expect(telemetry.spans.map((one) => [one.name, one.attributes['decotel.agent.tools']])).toEqual(
      new Array(7).fill(['invoke_agent run', undefined]),
    );
  });

  it('are told at each subscription to what an agent streams', async () => {
    class Streaming extends Base {
      @agent stream(): Observable<string> {
        return new Observable((subscriber) => {
          subscriber.next('Dune');
          subscriber.complete();
        });
      }
    }
    const stream = new Streaming().stream();
    for (let time = 0; time < 2; time++) {
      await stream.forEach(() => undefined);
      expect(told('invoke_agent stream')).toEqual([['lookUp'], [lookUp]]);
      telemetry.clear();
    }
  });
});

function raise(): never {
  throw new Error('refused');
}
