import type { Outcome } from '../core/record.js';
import { shared } from '../core/shared.js';

/** A call that has not ended. The list is linked through the calls: adding and removing cost next to nothing. */
export interface OpenCall {
  previousOpen: OpenCall | undefined;
  nextOpen: OpenCall | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
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
  while (open.first !== undefined) {
    for (const call of openCalls()) {
      call.end(outcome);
      removeOpenCall(call);
    }
  }
  stopIdleTimer();
}

/** By their start: a call whose result is passed on by another was added before that one. */
export function innermostFirst(one: OpenCall, other: OpenCall): number {
  return other.startedAt - one.startedAt;
}

function openCalls(): OpenCall[] {
  const calls: OpenCall[] = [];
  for (let call = open.first; call !== undefined; call = call.nextOpen) calls.push(call);
  return calls.reverse().sort(innermostFirst);
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
  for (const call of openCalls()) {
    if (call.activeAt === undefined) continue;
    if (call.activeAt <= latest) call.end('abandoned');
    else idling++;
  }
  if (idling === 0) stopIdleTimer();
}

function stopIdleTimer(): void {
  clearInterval(open.timer);
  open.timer = undefined;
}
