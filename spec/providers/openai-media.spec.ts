import { Media } from '../../src/core/media.js';
import { openaiMedia } from '../../src/providers/openai-media.js';
import { readRequest, readResponse } from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { keepsTheProviderContract } from '../support/provider-contract.js';

const FOLDER = 'openai-media';

const said = (...parts: object[]): object => ({ role: 'user', parts });
const answered = (finish_reason: string, ...parts: object[]): object => ({ role: 'assistant', parts, finish_reason });
const text = (content: string): object => ({ type: 'text', content });
const image = (bytes: number, mime_type?: string): object => ({
  type: 'blob',
  modality: 'image',
  mime_type,
  content: '',
  bytes,
});

describe('openaiMedia', () => {
  keepsTheProviderContract(openaiMedia, FOLDER);

  it('reads a picture: its type and size, and the tokens of text and image', () => {
    const reading = openaiMedia.read(fixture(FOLDER, 'lighthouse', 'response'));
    expect(reading).toMatchObject({
      operation: 'generate_content',
      usage: {
        inputTokens: 11,
        outputTokens: 272,
        raw: {
          'input_tokens_details.image_tokens': 0,
          'input_tokens_details.text_tokens': 11,
          total_tokens: 283,
        },
      },
    });
    expect(reading?.output?.()).toEqual([answered('stop', image(26, 'image/webp'))]);
  });

  it('names pictures behind an address, and what the model made of the prompt', () => {
    const reading = openaiMedia.read(fixture(FOLDER, 'addresses', 'response'));
    const uri = (name: string): object => ({
      type: 'uri',
      modality: 'image',
      uri: `https://images.example.com/${name}`,
    });
    expect(reading?.usage).toBeUndefined();
    expect(reading?.output?.()).toEqual([
      answered(
        'stop',
        { type: 'revised_prompt', content: 'A white lighthouse in dense fog' },
        uri('1.png'),
        uri('2.png'),
      ),
    ]);
  });

  it('reads a request for pictures', () => {
    const reading = openaiMedia.request(fixture(FOLDER, 'lighthouse', 'request'));
    expect(reading?.request).toEqual({ model: 'gpt-image-1', choiceCount: 2 });
    expect(reading?.outputType).toBe('image');
    expect(reading?.input?.()).toEqual([said(text('A lighthouse in the fog'))]);
  });

  it('reads a request to change pictures, of which it keeps type and size', () => {
    const picture = new Media('image/png', 900);
    const body = {
      model: 'gpt-image-1',
      prompt: 'Add fog',
      image: [picture, '[ReadStream]'],
      mask: new Media(undefined, 80),
    };
    expect(openaiMedia.request(body)?.input?.()).toEqual([said(text('Add fog'), image(900, 'image/png'), image(80))]);
  });

  it('reads what was said, counted in tokens or in seconds', () => {
    const reading = openaiMedia.read(fixture(FOLDER, 'interview', 'response'));
    expect(reading).toMatchObject({
      operation: 'generate_content',
      usage: {
        inputTokens: 34,
        outputTokens: 8,
        raw: { 'input_token_details.audio_tokens': 30, 'input_token_details.text_tokens': 4, total_tokens: 42 },
      },
    });
    expect(reading?.output?.()).toEqual([answered('stop', text('I liked Dune most.'))]);

    const minutes = openaiMedia.read(fixture(FOLDER, 'minutes', 'response'));
    expect(minutes?.usage).toEqual({ raw: { seconds: 4 } });
    expect(minutes?.output?.()).toEqual([answered('stop', text('Shall we begin? Yes.'))]);
  });

  it('reads a request for what was said', () => {
    const file = new Media('audio/mpeg', 2000);
    const reading = openaiMedia.request({ model: 'whisper-1', file, prompt: 'About books', temperature: 0 });
    expect(reading?.request).toEqual({ model: 'whisper-1', temperature: 0 });
    expect(reading?.outputType).toBe('text');
    expect(reading?.input?.()).toEqual([
      said(text('About books'), { type: 'blob', modality: 'audio', mime_type: 'audio/mpeg', content: '', bytes: 2000 }),
    ]);
  });

  it('keeps of a stream that broke off the sketch, or the text, that had come', () => {
    const broken = (name: string): unknown => {
      const chunks = fixture(FOLDER, name, 'stream').slice(0, -1);
      const fold = openaiMedia.fold(chunks[0] ?? {});
      for (const chunk of chunks) fold?.add(chunk);
      return fold?.read().output?.();
    };
    expect(broken('lighthouse')).toEqual([answered('error', image(15, 'image/webp'))]);
    expect(broken('interview')).toEqual([answered('error', text('I liked Dune most.'))]);
  });

  it('takes the text of the last event where no piece of it came', () => {
    const fold = openaiMedia.fold({ type: 'transcript.text.done' });
    fold?.add({ type: 'transcript.text.done', text: 'Dune' });
    expect(fold?.read().output?.()).toEqual([answered('stop', text('Dune'))]);
  });

  it.each([
    ['a text', { text: 'Dune' }],
    ['a text whose usage is not counted so', { text: 'Dune', usage: { input_tokens: 3 } }],
    ['a list of addresses', { data: [{ url: 'https://example.com' }] }],
  ])('leaves %s alone', (_, value) => {
    expect(readResponse(value)).toBeUndefined();
  });

  it.each([
    ['a prompt', { prompt: 'A lighthouse' }],
    ['the path of a file', { file: 'sound.mp3', model: 'whisper-1' }],
    ['a prompt for a video', { model: 'sora-2', prompt: 'A lighthouse' }],
  ])('does not take %s for a request of its own', (_, body) => {
    expect(readRequest(body)?.provider).not.toBe(openaiMedia);
  });
});
