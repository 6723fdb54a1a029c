import type { PromptSdk } from '../../src/prompts/content-parts.js';
import { Rendering } from '../../src/prompts/rendering.js';
import { parseTemplate } from '../../src/prompts/template.js';
import { givenVariables } from '../../src/prompts/variables.js';

const render = (template: string, values: Record<string, unknown>): Rendering =>
  new Rendering(parseTemplate('spec', { template }), givenVariables(values), '`Librarian.describe`');

const bytes = (start: string, length = 300): Uint8Array => {
  const file = new Uint8Array(length);
  file.set(Buffer.from(start, 'latin1'));
  return file;
};
const PNG = bytes('\x89PNG\r\n\x1a\n');
const PNG_DATA = Buffer.from(PNG).toString('base64');
const PNG_URL = `data:image/png;base64,${PNG_DATA}`;
const COVER = 'https://books.example/cover.jpg';

describe('an image among the text of a user', () => {
  const template = 'SYSTEM: Be brief.\nUSER: Describe {cover:image} in {language}.';
  const system = { role: 'system', content: 'Be brief.' };

  it.each<[PromptSdk, object, object[]]>([
    ['openai', { type: 'image_url', image_url: { url: PNG_URL } }, [{ type: 'text', text: 'Describe' }]],
    [
      'openai.responses',
      { type: 'input_image', image_url: PNG_URL, detail: 'auto' },
      [{ type: 'input_text', text: 'Describe' }],
    ],
    [
      'anthropic',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG_DATA } },
      [{ type: 'text', text: 'Describe' }],
    ],
    ['ai-sdk', { type: 'image', image: PNG_URL }, [{ type: 'text', text: 'Describe' }]],
  ])('is a part of its content in the shape of %s', (sdk, image, before) => {
    const after = before.map((part) => ({ ...part, text: 'in Norwegian.' }));
    const rendering = render(template, { cover: PNG, language: 'Norwegian' });
    expect(rendering.messages(sdk)).toEqual([system, { role: 'user', content: [...before, image, ...after] }]);
  });

  it.each([
    ['a text', COVER],
    ['a URL', new URL(COVER)],
  ])('stays where it is when it is given as %s', (_case, cover) => {
    const content = (sdk: PromptSdk) => render('{cover:image}', { cover }).messages(sdk)[0]?.content;
    expect(content('openai')).toEqual([{ type: 'image_url', image_url: { url: COVER } }]);
    expect(content('anthropic')).toEqual([{ type: 'image', source: { type: 'url', url: COVER } }]);
  });

  it.each([
    ['image/png', bytes('\x89PNG')],
    ['image/jpeg', bytes('\xff\xd8\xff\xe0')],
    ['image/gif', bytes('GIF89a')],
    ['image/webp', bytes('RIFF\x00\x00\x00\x00WEBP')],
    ['image/webp', `data:image/webp;base64,${'A'.repeat(400)}`],
    // A view into a larger buffer: only what it shows is sent.
    ['image/gif', Buffer.concat([PNG, bytes('GIF89a')]).subarray(300)],
  ])('is known to be %s', (mime, cover) => {
    const data = typeof cover === 'string' ? 'A'.repeat(400) : Buffer.from(cover).toString('base64');
    expect(render('{cover:image}', { cover }).messages('anthropic')[0]?.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: mime, data } },
    ]);
    expect(JSON.parse(JSON.stringify(render('{cover:image}', { cover }).record().variables))).toEqual({
      cover: { type: 'blob', mime_type: mime, bytes: 300 },
    });
  });

  it('may be several, or none at all', () => {
    const several = (images: unknown) => render('Compare {covers:images}', { covers: images }).messages('openai');
    const text = { type: 'text', text: 'Compare' };
    const image = { type: 'image_url', image_url: { url: COVER } };
    expect(several([COVER, COVER])).toEqual([{ role: 'user', content: [text, image, image] }]);
    expect(several([])).toEqual([{ role: 'user', content: 'Compare ' }]);
    expect(several(null)).toEqual([{ role: 'user', content: 'Compare ' }]);
    expect(render('{cover:image}', { cover: null }).messages('openai')).toEqual([]);
  });

  it('is recorded by its type and size, or by where it is, never by its bytes', () => {
    const values = { cover: PNG, back: COVER, inside: [PNG_URL, COVER], none: null };
    const record = render('{cover:image} {back:image} {inside:images} {none:image} {back}', values).record();
    const media = { type: 'blob', mime_type: 'image/png', bytes: 300 };
    const shown = JSON.stringify(media);
    expect(JSON.parse(JSON.stringify(record.variables))).toEqual({
      cover: media,
      back: COVER,
      inside: [media, COVER],
      none: null,
    });
    expect(record.rendered).toBe(`${shown} ${COVER} [${shown},${JSON.stringify(COVER)}]  ${COVER}`);
  });

  it.each([
    ['{cover:image}', bytes('%PDF-1.7')],
    ['{cover:image}', 'cover.png'],
    ['{cover:image}', new URL('file:///cover.png')],
    ['{cover:image}', 'data:image/svg+xml;base64,AAAA'],
    ['{cover:image}', {}],
    ['{cover:images}', [7]],
  ])('for %s refuses %p', (source, cover) => {
    expect(() => render(source, { cover }).messages('openai')).toThrow(
      `Prompt template "${source}" of \`Librarian.describe\`: the value of {cover} is no image: pass the bytes or the URL (https:, data:) of a PNG, JPEG, GIF or WebP.`,
    );
  });
});

describe('a part of content', () => {
  const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };

  it('is sent as it is, and recorded without what it holds', () => {
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: PNG_URL } };
    const rendering = render('{recording:part}\n{files:parts}\nWhat is it?', { recording: audio, files: [file] });
    const [message] = rendering.messages('openai');
    expect(message).toEqual({ role: 'user', content: [audio, file, { type: 'text', text: 'What is it?' }] });
    expect((message?.content as object[])[0]).toBe(audio);
    const recorded = JSON.parse(JSON.stringify(rendering.record().variables)) as object;
    expect(recorded).toEqual({
      recording: audio,
      files: [
        { type: 'file', file: { filename: 'a.pdf', file_data: { type: 'blob', mime_type: 'image/png', bytes: 300 } } },
      ],
    });
  });

  it.each([['a text'], [7], [[audio]]])('is refused where it is %p', (recording) => {
    expect(() => render('{recording:part}', { recording }).messages('openai')).toThrow(
      'the value of {recording} is no part of a message: pass an object of the SDK.',
    );
  });
});

describe('a template with images', () => {
  it('is no text', () => {
    expect(() => render('See {cover:image}', { cover: COVER }).text()).toThrow(
      'the value of {cover} is no text: use promptMessages(variables, sdk).',
    );
  });

  it('becomes messages of an SDK that is named', () => {
    const rendering = render('See {cover:image}', { cover: COVER });
    const message =
      'Prompt template "See {cover:image}" of `Librarian.describe`: images and parts take the name of an SDK: ' +
      'promptMessages(variables, sdk). There are openai, openai.responses, anthropic, ai-sdk.';
    expect(() => rendering.messages()).toThrow(message);
    expect(() => rendering.messages('toString' as PromptSdk)).toThrow(message);
    expect(render('See {cover}', { cover: COVER }).messages('anthropic')).toEqual([
      { role: 'user', content: `See ${COVER}` },
    ]);
  });
});
