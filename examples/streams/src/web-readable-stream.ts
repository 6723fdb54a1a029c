import OpenAI from 'openai';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { observe, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { startLoopbackOpenAI } from '../../librarian/src/loopback-openai.js';

const telemetry = configure({ serviceName: 'library', processors: [consoleTree()] });
const server = await startLoopbackOpenAI();

class Librarian {
  private readonly openai = observe(new OpenAI({ baseURL: server.baseURL, apiKey: 'any key will do' }));

  /** Bytes for a browser, where the SDK reads them back. */
  @withOtel()
  async recommend(genre: string): Promise<ReadableStream> {
    const stream = await this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `Recommend a ${genre} book in one sentence.` }],
      stream: true,
      stream_options: { include_usage: true },
    });
    return stream.toReadableStream();
  }
}

const response = new Response(await new Librarian().recommend('fantasy'));
if (response.body === null) throw new Error('there is no body');
for await (const chunk of ChatCompletionStream.fromReadableStream(response.body)) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '\n');
}

await telemetry.shutdown();
await server.close();
