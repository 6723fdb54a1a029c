/** What only legacy decorators can do: the compiler writes the types of parameters down for them. */
import 'reflect-metadata';
import { container, inject, injectable, singleton } from 'tsyringe';
import { agent, createDecorator, promptTemplate, promptText, tool, withOtel } from '../../src/index.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

const seen = createDecorator({ name: 'seen' });

@singleton()
class Books {
  readonly titles = ['Emma'];
}

@injectable()
@agent({ name: 'librarian' })
class Librarian {
  constructor(
    private readonly books: Books,
    @inject('reader') private readonly reader: string,
  ) {}

  @seen
  @tool
  lookUp(title: string, copies: number, books: Books): boolean {
    return books === this.books && copies > 0 && this.books.titles.includes(title);
  }

  @withOtel()
  @promptTemplate('A {genre} book for {this.reader}')
  async recommendBook(genre: string): Promise<string> {
    return Promise.resolve(promptText({ genre }));
  }
}

const typesOf = (key: string, method: keyof Librarian): unknown =>
  Reflect.getMetadata(`design:${key}`, Librarian.prototype, method);

describe('row 48: a class that tsyringe resolves', () => {
  it('is given its constructor’s parameters by their types and tokens', async () => {
    const child = container.createChildContainer();
    child.registerInstance('reader', 'Ann');
    const librarian = child.resolve(Librarian);
    expect(librarian).toBeInstanceOf(Librarian);
    expect(librarian.lookUp('Emma', 1, child.resolve(Books))).toBe(true);
    expect(await librarian.recommendBook('crime')).toBe('A crime book for Ann');
    expect(telemetry.spans.map(({ name }) => name)).toEqual([
      'create_agent librarian',
      'execute_tool lookUp',
      'recommendBook',
    ]);
    expect(telemetry.span('execute_tool lookUp').attributes).toMatchObject({
      'code.function.name': 'Librarian.lookUp',
      'gen_ai.agent.name': 'librarian',
    });
  });

  it('keeps the types that the compiler wrote down', () => {
    expect((Reflect.getMetadata('design:paramtypes', Librarian) as unknown[])[0]).toBe(Books);
    expect([typesOf('paramtypes', 'lookUp'), typesOf('returntype', 'lookUp')]).toEqual([
      [String, Number, Books],
      Boolean,
    ]);
    expect(typesOf('paramtypes', 'recommendBook')).toEqual([String]);
  });
});
