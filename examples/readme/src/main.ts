import OpenAI from 'openai';
import { observe, promptTemplate, promptText, withOtel } from 'decotel';
import { configure } from 'decotel/configure';

configure({ serviceName: 'library' });

class Librarian {
  private readonly openai = observe(new OpenAI());

  @withOtel()
  @promptTemplate('Recommend a {genre} book in one sentence.')
  async recommendBook(genre: string) {
    return this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: promptText({ genre }) }],
      stream: true,
      stream_options: { include_usage: true },
    });
  }
}

const answer = await new Librarian().recommendBook('fantasy');
for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta.content ?? '\n');
