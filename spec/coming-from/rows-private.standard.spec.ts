import { span } from '../../src/decorators/span.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

describe('row 49: `#private` methods, which only standard decorators go on', () => {
  class Librarian {
    @span #rank(title: string): string {
      return `1. ${title}`;
    }
    @span static #make(): Librarian {
      return new Librarian();
    }
    static make(): Librarian {
      return Librarian.#make();
    }
    @span ask(title: string): string {
      return this.#rank(title);
    }
  }

  it('are calls of their class, below their caller', () => {
    expect(Librarian.make().ask('Emma')).toBe('1. Emma');
    const callers = new Map(telemetry.spans.map((one) => [one.spanContext().spanId, one.name]));
    expect(
      telemetry.spans.map(({ attributes, parentSpanContext }) => [
        attributes['code.function.name'],
        callers.get(parentSpanContext?.spanId ?? ''),
      ]),
    ).toEqual([
      ['Librarian.#make', undefined],
      ['Librarian.#rank', 'ask'],
      ['Librarian.ask', undefined],
    ]);
  });
});
