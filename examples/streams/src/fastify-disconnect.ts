import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import Anthropic from '@anthropic-ai/sdk';
import Fastify from 'fastify';
import { observe, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { startLoopbackAnthropic } from './loopback-anthropic.js';

const telemetry = configure({ serviceName: 'library', processors: [consoleTree()] });
const server = await startLoopbackAnthropic();

class Librarian {
  private readonly anthropic = observe(new Anthropic({ baseURL: server.baseURL, apiKey: 'any key will do' }));

  @withOtel()
  async *recommend(genre: string): AsyncGenerator<string> {
    const stream = await this.anthropic.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 200,
      messages: [{ role: 'user', content: `Recommend a ${genre} book in one sentence.` }],
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
    }
  }
}

const librarian = new Librarian();
const app = Fastify();
let closed: Promise<unknown> | undefined;
app.get<{ Params: { genre: string } }>('/recommendations/:genre', async (request, reply) => {
  const text = Readable.from(librarian.recommend(request.params.genre));
  closed = once(text, 'close');
  return reply.type('text/plain; charset=utf-8').send(text);
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });

const [response] = (await once(get(`${url}/recommendations/fantasy`), 'response')) as [IncomingMessage];
let characters = 0;
for await (const part of response.setEncoding('utf8')) {
  process.stdout.write(String(part));
  characters += String(part).length;
  // It leaves half way: to leave the loop is to close the connection.
  if (characters > 20) break;
}
process.stdout.write(' … and the client is gone\n\n');
await closed;

await app.close();
await telemetry.shutdown();
await server.close();
