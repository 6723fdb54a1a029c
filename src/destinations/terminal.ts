export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

const CODES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export type Paint = (text: string, style: Style | undefined) => string;

export function painter(color: boolean): Paint {
  return (text, style) => {
    if (!color || style === undefined || text === '') return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}

/** FORCE_COLOR overrides NO_COLOR, as in Node; then a terminal is asked. */
export function wantsColor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && environment['TERM'] !== 'dumb';
}

/** Between 100 and 120 columns, whatever the terminal has. */
export function lineWidth(columns: number | undefined): number {
  return Math.min(120, Math.max(100, columns ?? 110));
}

/** Names may come from a model: what would move the cursor or change the line is replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that `text` takes in a terminal. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) count += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return count;
}

export function fitted(text: string, most: number): string {
  if (columns(text) <= most) return text;
  let kept = '';
  let count = 0;
  for (const character of text) {
    count += columns(character);
    if (count > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

export function padded(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, width - columns(text)));
  return side === 'right' ? text + space : space + text;
}
