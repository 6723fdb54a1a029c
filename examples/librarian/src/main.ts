import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { configure, consoleTree } from 'decotel/configure';
import { Librarian } from './librarian.js';
import { startLoopbackOpenAI } from './loopback-openai.js';

const USAGE = `npm start                                            offline, against the example's own loopback server
npm start -- --provider openai --model gpt-5-mini    against OpenAI; needs OPENAI_API_KEY
npm start -- --provider ollama --model qwen3         against an Ollama on this machine`;

interface Endpoint {
  openai: OpenAI;
  model: string;
  close(): Promise<void>;
}

async function connect(provider: string, model: string | undefined): Promise<Endpoint> {
  const nothingToClose = () => Promise.resolve();
  switch (provider) {
    case 'loopback': {
      const server = await startLoopbackOpenAI();
      const openai = new OpenAI({ baseURL: server.baseURL, apiKey: 'the loopback server takes any key' });
      return { openai, model: model ?? 'gpt-5-mini', close: () => server.close() };
    }
    case 'openai':
      if (!process.env['OPENAI_API_KEY']) throw new Error('--provider openai needs a key in OPENAI_API_KEY');
      return { openai: new OpenAI(), model: model ?? 'gpt-5-mini', close: nothingToClose };
    case 'ollama': {
      if (model === undefined) throw new Error('--provider ollama needs --model NAME: one that `ollama list` shows');
      const openai = new OpenAI({ baseURL: 'http://127.0.0.1:11434/v1', apiKey: 'ollama takes any key' });
      return { openai, model, close: nothingToClose };
    }
    default:
      throw new Error(`--provider ${provider}: expected loopback, openai or ollama`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { provider: { type: 'string', default: 'loopback' }, model: { type: 'string' } },
  });
  const endpoint = await connect(values.provider, values.model);
  const telemetry = configure({ serviceName: 'librarian', processors: [consoleTree()] });
  try {
    const librarian = new Librarian(endpoint.openai, endpoint.model, 'the town library');
    const question = 'Is “The Left Hand of Darkness” in, and what should I read after it?';
    process.stdout.write(`${question}\n\n`);
    for await (const text of librarian.answer(question)) process.stdout.write(text);
  } finally {
    await telemetry.shutdown();
    await endpoint.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 1;
});
