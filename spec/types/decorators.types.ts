/* eslint-disable @typescript-eslint/no-confusing-void-expression, @typescript-eslint/no-unused-vars, @typescript-eslint/no-unused-expressions, @typescript-eslint/no-extraneous-class -- only their types matter */
/** Checked by `tsc` in both decorator modes, never run. Each expected error is the one that the line above names. */
import { agent } from '../../src/decorators/agent.js';
import { embeddings } from '../../src/decorators/embeddings.js';
import { promptTemplate } from '../../src/decorators/prompt-template.js';
import { retriever } from '../../src/decorators/retriever.js';
import { span } from '../../src/decorators/span.js';
import { tool } from '../../src/decorators/tool.js';
import { withOtel } from '../../src/decorators/with-otel.js';
import type { Equal, Expect } from './equal.js';

/** What every decorator takes. */
export class Accepted {
  @tool bare(one: string, other?: number): number {
    return one.length + (other ?? 0);
  }
  @tool() async called<T>(value: T): Promise<T> {
    return Promise.resolve(value);
  }
  @tool({ name: 'numbers', tags: ['a'], metadata: { a: 1 }, content: { input: false } }) *numbers(): Generator<number> {
    yield 1;
  }
  @span async *later(): AsyncGenerator<number> {
    yield Promise.resolve(1);
  }
  @span('make') static make(): void {}
  @span withThis(this: Accepted): Accepted {
    return this;
  }
  @agent protected guarded(): void {}
  @agent({ tools: ['a'] }) private hidden(): void {}
  either(value: string): string;
  either(value: number): number;
  @withOtel() @promptTemplate('{value}') either(value: string | number): string | number {
    this.hidden;
    return value;
  }
  private readonly reader = { name: 'Ann' };
  protected readonly city = 'Oslo';
  get shelf(): string {
    return this.reader.name + this.city;
  }
  @promptTemplate({ template: '{genre} {this.reader.name}', params: ['genre', null] })
  tuple(genre: string, _limit?: number): string {
    return genre;
  }
  @promptTemplate('{this.reader.name} {this.city} {this.shelf} {this.hidden} {this.bare}') members(): void {}
  @promptTemplate('{this.title}') static fields(): void {}
  static readonly title = 'Librarian';
  @promptTemplate({ template: '{a}', params: { a: (genre: string) => genre } }) fewer<T>(genre: T, _year: number): T {
    return genre;
  }
  @promptTemplate({ template: '{a}', params: { a: (genre: string) => genre } }) optional(_genre?: string): void {}
  @promptTemplate({ template: '{a} {b}', params: ['a', 'b'] }) rest(..._values: string[]): void {}
  @promptTemplate({
    template: '{genre}',
    name: 'recommend',
    version: '3',
    metadata: { team: 'books', reviewed: true, revision: 3 },
    tags: ['production'],
  })
  managed(_genre: string): void {}
  @promptTemplate({ template: '{genre}', params: { genre: (genre: string) => genre } }) readers(genre: string): string {
    return genre;
  }
  @withOtel() returnsFunction(): () => void {
    return () => undefined;
  }
  @tool ['computed'](): void {}
  @retriever({
    dataSource: (_query: string, shelf: string) => shelf,
    topK: (_query, _shelf, limit?: number) => limit,
    query: (query: string) => query.trim(),
    documents: (found: { hits: string[] }) => found.hits,
  })
  search(query: string, shelf: string, limit?: number): { hits: string[] } {
    return { hits: [query, shelf].slice(0, limit) };
  }
  @retriever async *searched(query: string): AsyncGenerator<string> {
    yield Promise.resolve(query);
  }
  @embeddings({ model: 'embed-v4.0', dimensions: 256 }) async embed(texts: string[]): Promise<number[][]> {
    return Promise.resolve(texts.map(() => []));
  }
}

const accepted = new Accepted();
export type Kept = [
  Expect<Equal<typeof accepted.bare, (one: string, other?: number) => number>>,
  Expect<Equal<typeof accepted.called, <T>(value: T) => Promise<T>>>,
  Expect<Equal<typeof accepted.withThis, (this: Accepted) => Accepted>>,
  Expect<Equal<typeof accepted.search, (query: string, shelf: string, limit?: number) => { hits: string[] }>>,
  Expect<Equal<typeof accepted.embed, (texts: string[]) => Promise<number[][]>>>,
  Expect<Equal<typeof accepted.either, { (value: string): string; (value: number): number }>>,
];

@promptTemplate('{this.item} {this.own}')
export class AcceptedGenericClass<T> {
  private readonly own = 1;
  constructor(readonly item: T) {}
  @promptTemplate('{this.item} {this.own}') ask(): number {
    return this.own;
  }
}

export class AcceptedSubclass extends AcceptedGenericClass<string> {
  @promptTemplate('{this.item} {this.own}') override ask(): number {
    return 1;
  }
}

@withOtel({ methods: ['ask'] })
@promptTemplate('{genre} {this.genre}')
@agent
export class AcceptedClass {
  constructor(readonly genre: string) {}
  ask(): void {}
}

@withOtel({ methods: ['ask'] })
@agent()
export class Singleton {
  static readonly only = new Singleton();
  private constructor() {}
  ask(): void {}
}

/** As a function, the type is exactly the one that was given. */
const generic = <T>(value: T): T => value;
function overloaded(this: Date, value: string): string;
function overloaded(this: Date, value: number): number;
function overloaded(this: Date, value: string | number): string | number {
  return value;
}
const wrappedGeneric = tool(generic);
const wrappedOverloaded = withOtel({ name: 'x' })(overloaded);
const wrappedPrompt = promptTemplate('{genre}')(async (genre: string) => Promise.resolve(genre));
const wrappedSpan = span('x')(generic);
const wrappedRetriever = retriever({ topK: 5 })(overloaded);
const wrappedEmbeddings = embeddings(generic);
export type KeptFunctions = [
  Expect<Equal<typeof wrappedGeneric, typeof generic>>,
  Expect<Equal<typeof wrappedSpan, typeof generic>>,
  Expect<Equal<typeof wrappedRetriever, typeof overloaded>>,
  Expect<Equal<typeof wrappedEmbeddings, typeof generic>>,
  Expect<Equal<typeof wrappedOverloaded, typeof overloaded>>,
  Expect<Equal<typeof wrappedPrompt, (genre: string) => Promise<string>>>,
];

export class Refused {
  // @ts-expect-error a field, called
  @tool() field = 1;
  // @ts-expect-error a field, bare
  @tool bareField = 1;
  // @ts-expect-error a field that is optional
  @withOtel() optional?: string;
  // @ts-expect-error an arrow property
  @span() arrow = () => 1;
  // @ts-expect-error an arrow property, bare
  @agent bareArrow = (): number => 1;
  // @ts-expect-error a static field
  @promptTemplate('x') static shared = '';
  // @ts-expect-error a getter, called
  @tool() get size(): number {
    return 1;
  }
  // @ts-expect-error a getter, bare
  @withOtel get bareSize(): number {
    return 1;
  }
  // @ts-expect-error a setter, called
  @tool() set limit(_value: number) {}
  // @ts-expect-error a setter, bare
  @span set bareLimit(_value: number) {}
  // @ts-expect-error a getter with a setter
  @agent() get both(): number {
    return 1;
  }
  set both(_value: number) {}
  // @ts-expect-error an accessor
  @tool() accessor slot = 1;
  // @ts-expect-error an accessor, bare
  @promptTemplate('x') accessor text = '';
  // @ts-expect-error an unknown option
  @tool({ desc: 'x' }) unknownOption(): void {}
  // @ts-expect-error an option of another type
  @withOtel({ operation: 'talk' }) wrongOption(): void {}
  // @ts-expect-error a field, of a retriever
  @retriever() searchField = 1;
  // @ts-expect-error an arrow property, of embeddings
  @embeddings embedArrow = (): number[] => [];
  // @ts-expect-error a text where a number is wanted
  @retriever({ topK: '5' }) wrongTopK(): void {}
  // @ts-expect-error a function that tells no text
  @retriever({ dataSource: () => 5 }) wrongSource(): void {}
  // @ts-expect-error the documents themselves
  @retriever({ documents: [] }) wrongDocuments(): void {}
  // @ts-expect-error options of a retriever
  @embeddings({ topK: 5 }) wrongEmbeddings(): void {}
  // @ts-expect-error a text where options are wanted
  @tool('x') textOption(): void {}
  // @ts-expect-error a template is needed
  @promptTemplate noTemplate(): void {}
  // @ts-expect-error a template is needed
  @promptTemplate() emptyTemplate(): void {}
  // @ts-expect-error a name that the template does not have, among params
  @promptTemplate({ template: '{genre}', params: ['gnre'] }) wrongTuple(genre: string): void {}
  // @ts-expect-error a member that the class does not have
  @promptTemplate('{genre} {this.raeder.name}') wrongMember(genre: string): void {}
  // @ts-expect-error a member of instances
  @promptTemplate('{this.field}') static wrongStaticMember(): void {}
  // @ts-expect-error more names than the method has parameters
  @promptTemplate({ template: '{a} {b}', params: ['a', 'b'] }) wrongLength(a: string): void {}
  // @ts-expect-error a function of other arguments than the method's
  @promptTemplate({ template: '{a}', params: { a: (limit: number) => limit } }) wrongReader(a: string): void {}
  // @ts-expect-error metadata of another type
  @promptTemplate({ template: 'x', metadata: { team: {} } }) wrongMetadata(): void {}
  // @ts-expect-error tags of another type
  @promptTemplate({ template: 'x', tags: 'production' }) wrongTags(): void {}
  // @ts-expect-error a name that the template does not have, among params
  @promptTemplate({ template: '{genre}', params: { gnre: () => 1 } }) wrongParams(genre: string): void {}
}

// @ts-expect-error a member that the class does not have
@promptTemplate('{this.raeder}')
export class RefusedTemplateClass {
  readonly reader = 'Ann';
}
// @ts-expect-error a class, called
@tool()
export class RefusedClass {}
// @ts-expect-error a class, of a retriever
@retriever({ dataSource: 'books' })
export class RefusedRetriever {}
// @ts-expect-error a class whose constructor is private
@tool
export class RefusedSingleton {
  private constructor() {}
}
// @ts-expect-error a class, bare
@span
export class RefusedBareClass {}
