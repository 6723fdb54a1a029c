import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import OpenAI from 'openai';
import { observe, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { startLoopbackOpenAI } from '../../librarian/src/loopback-openai.js';

const telemetry = configure({ serviceName: 'library', processors: [consoleTree()] });
const server = await startLoopbackOpenAI();

class Librarian {
  private readonly openai = observe(new OpenAI({ baseURL: server.baseURL, apiKey: 'any key will do' }));

  /** The text alone, to be piped into a file, a socket or a response. */
  @withOtel()
  async recommend(genre: string): Promise<Readable> {
    const stream = await this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `Recommend a ${genre} book in one sentence.` }],
      stream: true,
      stream_options: { include_usage: true },
    });
    return Readable.from(stream).map((chunk: OpenAI.ChatCompletionChunk) => chunk.choices[0]?.delta.content ?? '\n');
  }
}

await pipeline(await new Librarian().recommend('fantasy'), process.stdout, { end: false });

await telemetry.shutdown();
await server.close();
