import { setTimeout as sleep } from 'node:timers/promises';
import type OpenAI from 'openai';
import type {
  ChatCompletionMessage,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
  ChatCompletionTool,
  ChatCompletionToolMessageParam,
} from 'openai/resources/chat/completions';
import { agent, observe, promptMessages, promptTemplate, tool, withOtel } from 'decotel';
import { bookByTitle } from './catalogue.js';

const QUESTION = `
SYSTEM: You are the librarian of {library}. Use the tools; never guess whether a book is in. Answer in two sentences.
USER: {question}
`;

/** What a scan of the shelves takes. */
const SHELF_SCAN_MS = 15;

export class Librarian {
  private readonly openai: OpenAI;

  constructor(
    openai: OpenAI,
    private readonly model: string,
    private readonly library: string,
  ) {
    this.openai = observe(openai);
  }

  @agent({ name: 'librarian', description: 'Answers questions about the books of one library' })
  async *answer(question: string): AsyncGenerator<string> {
    const request = await this.chooseTools(question);
    const results = await Promise.all(functionCalls(request).map((call) => this.callTool(call)));
    for await (const chunk of await this.reply(question, [request, ...results])) {
      // The chunks without text (the finish reason, the usage) come last and close the line.
      yield chunk.choices[0]?.delta.content ?? '\n';
    }
  }

  @withOtel()
  @promptTemplate(QUESTION)
  private async chooseTools(question: string) {
    const completion = await this.openai.chat.completions.create({
      model: this.model,
      messages: promptMessages({ library: this.library, question }),
      tools: TOOLS,
    });
    const message = completion.choices[0]?.message;
    if (message === undefined) throw new Error(`${this.model} sent no choice`);
    return message;
  }

  @withOtel()
  @promptTemplate(QUESTION)
  private async reply(question: string, followUp: ChatCompletionMessageParam[]) {
    return this.openai.chat.completions.create({
      model: this.model,
      messages: [...promptMessages({ library: this.library, question }), ...followUp],
      stream: true,
      stream_options: { include_usage: true },
    });
  }

  @tool({ description: 'Looks a book up in the catalogue by its title' })
  lookUpBook({ title }: BookArguments) {
    const book = bookByTitle(title);
    if (book === undefined) return { found: false, title };
    return { found: true, title: book.title, author: book.author, year: book.year, next: book.next };
  }

  @tool({ description: 'Checks on which shelf a book stands and how many copies are in' })
  async checkShelf({ title }: BookArguments) {
    await sleep(SHELF_SCAN_MS);
    const book = bookByTitle(title);
    if (book === undefined) return { shelf: null, copiesIn: 0 };
    return { shelf: book.shelf, copiesIn: book.copies - book.onLoan };
  }

  private async callTool(call: ChatCompletionMessageFunctionToolCall): Promise<ChatCompletionToolMessageParam> {
    return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(await this.runTool(call)) };
  }

  private runTool({ function: { name, arguments: text } }: ChatCompletionMessageFunctionToolCall) {
    const bookArguments = JSON.parse(text) as BookArguments;
    switch (name) {
      case 'lookUpBook':
        return this.lookUpBook(bookArguments);
      case 'checkShelf':
        return this.checkShelf(bookArguments);
      default:
        return { error: `There is no tool ${name}` };
    }
  }
}

interface BookArguments {
  title: string;
}

const BOOK_PARAMETERS = {
  type: 'object',
  properties: { title: { type: 'string', description: 'The exact title' } },
  required: ['title'],
};

const TOOLS: ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'lookUpBook',
      description: 'Looks a book up in the catalogue by its title',
      parameters: BOOK_PARAMETERS,
    },
  },
  {
    type: 'function',
    function: {
      name: 'checkShelf',
      description: 'Checks on which shelf a book stands and how many copies are in',
      parameters: BOOK_PARAMETERS,
    },
  },
];

function functionCalls(message: ChatCompletionMessage): ChatCompletionMessageFunctionToolCall[] {
  return (message.tool_calls ?? []).filter((call) => call.type === 'function');
}
