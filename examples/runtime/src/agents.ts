import { agent, tool } from 'decotel';
import type { Agent, AgentId, Message, Runtime, TopicId } from './runtime.js';

export const LIBRARIAN: AgentId = { type: 'librarian', key: 'town' };
export const CATALOGUE: AgentId = { type: 'catalogue', key: 'town' };
export const LENT: TopicId = { type: 'lent', source: 'town' };

/** Lends books: asks the catalogue where a book is, and tells everyone what was lent. No model is behind it. */
export class Librarian implements Agent {
  constructor(private readonly runtime: Runtime) {}

  @agent({ name: 'librarian' })
  async handle({ reader, title }: Message): Promise<string> {
    const card = this.readCard(String(reader));
    const shelf = await this.runtime.send(CATALOGUE, { type: 'Find', title }, LIBRARIAN);
    await this.runtime.publish(LENT, { type: 'Lent', title, card }, LIBRARIAN);
    return `“${String(title)}” is on shelf ${String(shelf)}, ${String(reader)}.`;
  }

  @tool({ description: 'Reads the card of a reader' })
  readCard(reader: string): number {
    return reader.length;
  }
}

const SHELVES: Readonly<Record<string, string>> = { Solaris: 'B3', Dune: 'B4' };

/** Knows where the books are. */
export class Catalogue implements Agent {
  @agent({ name: 'catalogue' })
  async handle({ title }: Message): Promise<string> {
    return this.lookUp(String(title));
  }

  @tool({ description: 'Looks up the shelf of a book' })
  lookUp(title: string): string {
    return SHELVES[title] ?? 'unknown';
  }
}

/** Counts what is lent. */
export class Statistics implements Agent {
  private lent = 0;

  @agent({ name: 'statistics' })
  async handle(_message: Message): Promise<number> {
    this.lent += 1;
    return this.lent;
  }
}
