import type { Outcome } from '../core/record.js';
import { shared } from '../core/shared.js';

/** A call that has not ended. The list is linked through the calls: adding and removing cost next to nothing. */
export interface OpenCall {
  previousOpen: OpenCall | undefined;
  nextOpen: OpenCall | undefined;
  /** When it last had a sign of life, by `performance.now()`; undefined where it is never idle. */
  activeAt: number | undefined;
  end(outcome: Outcome, error?: unknown): void;
}

interface OpenCalls {
  first: OpenCall | undefined;
  count: number;
  timer: NodeJS.Timeout | undefined;
}

const open = shared<OpenCalls>('open', () => ({ first: undefined, count: 0, timer: undefined }));

export function addOpenCall(call: OpenCall): void {
  call.nextOpen = open.first;
  if (open.first !== undefined) open.first.previousOpen = call;
  open.first = call;
  open.count++;
}

export function removeOpenCall(call: OpenCall): void {
  const { previousOpen, nextOpen } = call;
  if (previousOpen !== undefined) previousOpen.nextOpen = nextOpen;
  else if (open.first === call) open.first = nextOpen;
  else return;
  if (nextOpen !== undefined) nextOpen.previousOpen = previousOpen;
  call.previousOpen = call.nextOpen = undefined;
  open.count--;
}

/** Ends every call that is still open, the inner ones first. */
export function endOpenCalls(outcome: Outcome): void {
  // The newest call comes first in the list.
  while (open.first !== undefined) {
    const call = open.first;
    call.end(outcome);
    removeOpenCall(call);
  }
  stopIdleTimer();
}

/** How many calls are open. */
export function openCallCount(): number {
  return open.count;
}

/** Ends calls that nobody has read from for `idleMs`. The timer runs only while such calls are open. */
export function watchIdle(idleMs: number): void {
  if (open.timer !== undefined) return;
  open.timer = setInterval(() => endIdleCalls(idleMs), Math.max(10, Math.min(idleMs / 2, 30_000)));
  open.timer.unref();
}

function endIdleCalls(idleMs: number): void {
  const latest = performance.now() - idleMs;
  let idling = 0;
  let call = open.first;
  while (call !== undefined) {
    const next = call.nextOpen;
    if (call.activeAt !== undefined) {
      if (call.activeAt <= latest) call.end('abandoned');
      else idling++;
    }
    call = next;
  }
  if (idling === 0) stopIdleTimer();
}

function stopIdleTimer(): void {
  clearInterval(open.timer);
  open.timer = undefined;
}
