import OpenAI from 'openai';
import { observe, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { startLoopbackOpenAI } from '../../librarian/src/loopback-openai.js';

const telemetry = configure({ serviceName: 'library', processors: [consoleTree()] });
const server = await startLoopbackOpenAI();

class Librarian {
  private readonly openai = observe(new OpenAI({ baseURL: server.baseURL, apiKey: 'any key will do' }));

  @withOtel()
  async recommend(genre: string) {
    return this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `Recommend a ${genre} book in one sentence.` }],
      stream: true,
      stream_options: { include_usage: true },
    });
  }
}

const stream = await new Librarian().recommend('fantasy');
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '\n');

await telemetry.shutdown();
await server.close();
