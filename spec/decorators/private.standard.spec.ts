/* eslint-disable @typescript-eslint/no-unused-vars -- templates read parameters */
import { DecotelError } from '../../src/core/decotel-error.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import { promptText } from '../../src/prompts/prompt-text.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

it('decorates #private methods, static ones too', async () => {
  class Librarian {
    #reader = 'Ann';
    @tool #lookUp(isbn: string): string {
      return isbn + this.#reader;
    }
    @withOtel() @promptTemplate('Hi {name}') async #ask(name: string): Promise<string> {
      return Promise.resolve(promptText());
    }
    @tool static #make(): Librarian {
      return new this();
    }
    static make(): Librarian {
      return Librarian.#make();
    }
    async run(): Promise<string> {
      return this.#lookUp('1') + (await this.#ask('Bo'));
    }
  }
  class Sub extends Librarian {}
  expect(await Librarian.make().run()).toBe('1AnnHi Bo');
  expect(await new Sub().run()).toBe('1AnnHi Bo');
  expect(telemetry.spans.slice(0, 3).map((one) => [one.name, one.attributes['code.function.name']])).toEqual([
    ['execute_tool make', 'Librarian.#make'],
    ['execute_tool lookUp', 'Librarian.#lookUp'],
    ['ask', 'Librarian.#ask'],
  ]);
});

it('refuses an accessor', () => {
  const decorator = tool as unknown as (value: unknown, context: ClassAccessorDecoratorContext) => void;
  expect(() => {
    class Search {
      @decorator accessor limit = 1;
    }
    return Search;
  }).toThrow(
    new DecotelError(
      '`@tool` on `limit`: expected a method, got an accessor. Decorate the method that performs the call.',
    ),
  );
});

it('does not take a private method for a public one of that name', () => {
  const seen: unknown[] = [];
  class Librarian {
    @tool #ask(): string {
      return 'private';
    }
    @promptTemplate('public') ask(): string {
      seen.push(this.#ask());
      return promptText();
    }
  }
  expect(new Librarian().ask()).toBe('public');
  expect(seen).toEqual(['private']);
});

/** Checked by `tsc`, never called. */
export function types(): unknown {
  class Private {
    @tool #bare(): number {
      return 1;
    }
    @withOtel() @promptTemplate('{genre}') async #ask(genre: string): Promise<string> {
      return Promise.resolve(genre);
    }
    @tool static #make(): void {}
    // @ts-expect-error a private field
    @tool() #field = 1;
    // @ts-expect-error a private getter
    @tool get #size(): number {
      return this.#field;
    }
    // @ts-expect-error a getter that returns a function
    @tool() get handler(): () => void {
      return () => undefined;
    }
    // @ts-expect-error a setter that takes a function
    @tool() set callback(_value: () => void) {}
    run(): unknown {
      Private.#make();
      return [this.#bare(), this.#ask('x'), this.#size];
    }
  }
  return Private;
}
