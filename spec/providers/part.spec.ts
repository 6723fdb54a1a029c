import { Media } from '../../src/core/media.js';
import { filePart, mediaPart, otherPart, reasoningPart, textPart, toolCallPart } from '../../src/providers/part.js';

describe('parts of messages', () => {
  it('name a URL, and never copy what a data URL holds', () => {
    expect(mediaPart('https://example.com/a.png', 'image')).toEqual({
      type: 'uri',
      modality: 'image',
      uri: 'https://example.com/a.png',
    });
    expect(mediaPart('gs://bucket/a.mp4', 'video', 'video/mp4')).toMatchObject({ type: 'uri', mime_type: 'video/mp4' });
    expect(mediaPart('data:image/png;base64,iVBORw0KGgo=', 'image')).toEqual({
      type: 'blob',
      modality: 'image',
      mime_type: 'image/png',
      content: '',
      bytes: 8,
    });
    expect(mediaPart('data:text/plain,a,b', 'document')).toMatchObject({ mime_type: 'text/plain', bytes: 3 });
    expect(mediaPart('', 'image')).toBeUndefined();
    expect(mediaPart(null, 'image')).toBeUndefined();
  });

  it('give the size of base64, whether a snapshot has replaced it or not', () => {
    const bytes = Buffer.from('some bytes');
    const blob = { type: 'blob', modality: 'audio', mime_type: 'audio/mp3', content: '', bytes: bytes.length };
    expect(mediaPart(bytes.toString('base64'), 'audio', 'audio/mp3')).toEqual(blob);
    expect(mediaPart(new Media(undefined, bytes.length), 'audio', 'audio/mp3')).toEqual(blob);
  });

  it('show media where a text was pasted as base64', () => {
    expect(textPart(new Media('image/png', 9))).toMatchObject({ type: 'blob', modality: 'image', bytes: 9 });
    expect(textPart(new Media(undefined, 9))).toMatchObject({ type: 'blob', modality: 'document' });
  });

  it('leave out what is not there', () => {
    expect(textPart(null)).toBeUndefined();
    expect(reasoningPart('')).toBeUndefined();
    expect(filePart(undefined, 'image')).toBeUndefined();
    expect(toolCallPart(null, '', '')).toBeUndefined();
    expect(toolCallPart('call_7', undefined, '')).toMatchObject({ type: 'tool_call', id: 'call_7', name: '' });
  });

  it('keep a piece of another type as it is, unless it would pass for a part of a known one', () => {
    expect(otherPart({ type: 'compaction', content: 'x' })).toEqual({ type: 'compaction', content: 'x' });
    expect(otherPart({ type: 'text', words: [] })).toEqual({ type: 'unknown', content: { type: 'text', words: [] } });
    expect(otherPart({ a: 1 })).toEqual({ type: 'unknown', content: { a: 1 } });
    expect(otherPart(undefined)).toEqual({ type: 'unknown', content: null });
  });
});
