/** Of the SDKs' own class for it, which calls itself `Error`. */
const SDK_MESSAGE = 'Request was aborted.';

/**
 * True for the error of an abort by a signal: the DOM's and Node's `AbortError`, and the SDKs' `APIUserAbortError`. A
 * timeout is not an abort: nobody asked for it.
 */
export function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  try {
    const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
    // Bundlers give classes other names.
    if (name === 'AbortError' || code === 'ABORT_ERR' || message === SDK_MESSAGE) return true;
    const className: unknown = (error as { constructor?: { name?: unknown } }).constructor?.name;
    return className === 'APIUserAbortError';
  } catch {
    return false;
  }
}

/** How a call ends that failed with `error`. */
export function outcomeOf(error: unknown): 'aborted' | 'error' {
  return isAbort(error) ? 'aborted' : 'error';
}

/** Node destroys a stream whose consumer stops early with an abort that has no cause; one by a signal has its reason. */
export function isEarlyStop(error: unknown): boolean {
  return (
    isAbort(error) && (error as Error & { code?: unknown }).code === 'ABORT_ERR' && (error as Error).cause === undefined
  );
}

/** The signals among the arguments `given`, or held by them. Never throws. */
export function signalsIn(given: readonly unknown[]): unknown[] {
  try {
    return given.flatMap((argument) => {
      const { abortSignal, signal = abortSignal ?? argument } = (argument ?? {}) as Record<string, unknown>;
      return typeof (signal as { aborted?: unknown } | null | undefined)?.aborted === 'boolean' ? [signal] : [];
    });
  } catch {
    return [];
  }
}

/** True for what the caller aborted with: `given`, the arguments of the call, may be or hold its signal. Never throws. */
export function isAbortReason(error: unknown, given: readonly unknown[]): boolean {
  return signalsIn(given).some((signal) => hasAborted(signal) && (signal as AbortSignal).reason === error);
}

/** True once somebody aborted by `signal`; its timeout is nobody's doing. Never throws. */
export function hasAborted(signal: unknown): boolean {
  try {
    const { aborted, reason } = (signal ?? {}) as { aborted?: unknown; reason?: { name?: unknown } };
    return aborted === true && reason?.name !== 'TimeoutError';
  } catch {
    return false;
  }
}
