/**
 * True for the error of an abort by a signal: the DOM's and Node's `AbortError`, and the SDKs' own class for it, which
 * calls itself `Error`. A timeout is not an abort: nobody asked for it.
 */
export function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  try {
    const { name, code } = error as { name?: unknown; code?: unknown };
    if (name === 'AbortError' || code === 'ABORT_ERR') return true;
    const className: unknown = (error as { constructor?: { name?: unknown } }).constructor?.name;
    return className === 'APIUserAbortError';
  } catch {
    return false;
  }
}
