/** What a program prints, without what differs from run to run: times, ids and the columns' widths. */
export function shapeOf(printed: string): string {
  return printed
    .replace(/\d+(\.\d+)? ?(ms|s)\b/g, 'TIME')
    .replace(/\b[0-9a-f]{32}\b/g, 'TRACE')
    .replace(/ {2,}/g, '  ')
    .trim();
}
