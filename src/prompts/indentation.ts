/**
 * A text of several lines as it was meant: outer blank lines and the indentation that all lines share are gone, line
 * ends are `\n`. A first line right behind the opening quote has no indentation to compare, so it does not count. A
 * text of one line is returned as it is.
 */
export function stripIndentation(text: string): string {
  const [opening = '', ...lines] = text.split(/\r\n?|\n/).map((line) => (line.trim() === '' ? '' : line));
  if (lines.length === 0) return text;
  // Tabs and spaces are never counted as each other.
  let shared = /^[ \t]*/.exec(lines.find((line) => line !== '') ?? '')?.[0] ?? '';
  for (const line of lines) while (line !== '' && !line.startsWith(shared)) shared = shared.slice(0, -1);
  const stripped = lines.map((line) => line.slice(shared.length));
  return [opening.trimStart(), ...stripped].join('\n').replace(/^\n+|\n+$/g, '');
}
