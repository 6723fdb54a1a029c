import { AsyncLocalStorage } from 'node:async_hooks';
import type { PromptRecord } from '../core/record.js';
import { reportFailure } from '../core/report.js';
import { shared } from '../core/shared.js';
import type { AnyFunction } from './parameter-names.js';
import type { PromptTemplate } from './template.js';

/** The running call of a method with a template. */
export interface PromptFrame {
  readonly template: PromptTemplate;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** The method as the application wrote it: the names of its parameters are read from its source. */
  readonly original: AnyFunction;
}

/** A prompt that was just rendered. */
export interface RenderedPrompt {
  /** What is recorded of it: a snapshot, taken now. Costs time; ask for it only where a call is recorded. */
  record(): PromptRecord;
}

interface PromptState {
  /** Own storage, not OpenTelemetry's context: prompts work without telemetry. */
  storage: AsyncLocalStorage<PromptFrame | undefined> | undefined;
  listener: ((prompt: RenderedPrompt) => void) | undefined;
}

const state = shared<PromptState>('prompts', () => ({ storage: undefined, listener: undefined }));

/** Called when a template is decorated: a program without templates never pays for an `AsyncLocalStorage`. */
export function prepareFrames(): AsyncLocalStorage<PromptFrame | undefined> {
  return (state.storage ??= new AsyncLocalStorage());
}

export function createFrame(
  template: PromptTemplate,
  self: unknown,
  args: readonly unknown[],
  original: AnyFunction,
): PromptFrame {
  return { template, self, args, original };
}

/** Runs `work` with `frame` as the current one; with `undefined`, `work` inherits no template. */
export function runInFrame<Result>(frame: PromptFrame | undefined, work: () => Result): Result {
  if (frame === undefined && state.storage === undefined) return work();
  return prepareFrames().run(frame, work);
}

/** True inside a method with a template; cheap, and false in a program without templates. */
export function isInFrame(): boolean {
  return state.storage?.getStore() !== undefined;
}

/** The frame of the innermost decorated call; undefined where that has no template. */
export function currentFrame(): PromptFrame | undefined {
  return state.storage?.getStore();
}

/**
 * Tells `listener` of every prompt that is rendered, on the rendering call's own stack. There is one listener; the
 * returned function removes it. What it throws is reported, the prompt is rendered all the same.
 */
export function onPromptRendered(listener: (prompt: RenderedPrompt) => void): () => void {
  state.listener = listener;
  return () => {
    if (state.listener === listener) state.listener = undefined;
  };
}

export function announce(prompt: RenderedPrompt): void {
  if (state.listener === undefined) return;
  try {
    state.listener(prompt);
  } catch (failure) {
    reportFailure('a rendered prompt could not be recorded', failure);
  }
}
