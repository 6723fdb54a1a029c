import Anthropic from '@anthropic-ai/sdk';
import { observe, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { startLoopbackAnthropic } from './loopback-anthropic.js';

const telemetry = configure({ serviceName: 'library', processors: [consoleTree()] });
const server = await startLoopbackAnthropic();

class Librarian {
  private readonly anthropic = observe(new Anthropic({ baseURL: server.baseURL, apiKey: 'any key will do' }));

  @withOtel()
  recommend(genre: string) {
    return this.anthropic.messages.stream({
      model: 'claude-sonnet-5',
      max_tokens: 200,
      messages: [{ role: 'user', content: `Recommend a ${genre} book in one sentence.` }],
    });
  }
}

const stream = new Librarian().recommend('fantasy');
stream.on('text', (text) => process.stdout.write(text));
stream.on('contentBlock', () => process.stdout.write('\n\n'));
const { stop_reason: reason } = await stream.finalMessage();
process.stdout.write(`The answer ended with ${reason}.\n`);

await telemetry.shutdown();
await server.close();
