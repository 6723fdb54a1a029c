/**
 * A text of several lines as it was meant: outer blank lines and the indentation that all lines share are gone, line
 * ends are `\n`. A first line right behind the opening quote has no indentation to compare, so it does not count. A
 * text of one line is returned as it is.
 */
export function stripIndentation(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  const [opening = '', ...lines] = text.replace(/\r\n?/g, '\n').split('\n');
  const indentation = sharedIndentation(lines);
  const stripped = lines.map((line) => (isBlank(line) ? '' : line.slice(indentation)));
  if (!isBlank(opening)) stripped.unshift(opening.trimStart());
  while (stripped[0] === '') stripped.shift();
  while (stripped.at(-1) === '') stripped.pop();
  return stripped.join('\n');
}

function sharedIndentation(lines: readonly string[]): number {
  let shared: string | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = /^[ \t]*/.exec(line)?.[0] ?? '';
    shared = shared === undefined ? own : commonStart(shared, own);
  }
  return shared?.length ?? 0;
}

/** Tabs and spaces are never counted as each other. */
function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return one.slice(0, length);
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}
