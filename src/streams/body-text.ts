/** Of a line, or of JSON as a whole; a longer one is not read. */
const MOST_CHARACTERS = 2 ** 20;

/** What is written in a body: read from what its caller reads, and never kept for longer than a line. */
export interface BodyText {
  /** True where it has many values, by the line. */
  readonly isLines: boolean;
  /** The values that are complete with this chunk of bytes or text. */
  add(chunk: unknown): object[];
  /** The value that the end completes. */
  end(): object | undefined;
}

/**
 * Reads server-sent events, JSON by the line, and JSON; undefined for any other content. Events of several lines and
 * what is not an object are left out: providers write each event as an object on a line of its own.
 */
export function bodyText(contentType: string): BodyText | undefined {
  const isEvents = contentType.includes('event-stream');
  const isLines = isEvents || /ndjson|jsonl|stream\+json/.test(contentType);
  if (!isLines && !contentType.includes('json')) return undefined;
  const decoder = new TextDecoder();
  let line: string | undefined = '';
  const take = (): object | undefined => {
    const text = isEvents && line?.startsWith('data:') === false ? '' : line;
    line = '';
    return text === undefined ? undefined : objectIn(isEvents ? text.slice('data:'.length) : text);
  };
  return {
    isLines,
    add(chunk) {
      let text = typeof chunk === 'string' ? chunk : '';
      if (ArrayBuffer.isView(chunk)) text = decoder.decode(chunk, { stream: true });
      const values: object[] = [];
      // Only what is new is looked through.
      for (const [index, piece] of (isLines ? text.split('\n') : [text]).entries()) {
        const value = index > 0 ? take() : undefined;
        if (value !== undefined) values.push(value);
        if (line !== undefined) line = line.length + piece.length > MOST_CHARACTERS ? undefined : line + piece;
      }
      return values;
    },
    end: take,
  };
}

function objectIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
