import { AsyncResource } from 'node:async_hooks';

/** Where Node ≥ 24 keeps all async-local values of a place, as one object that is never changed. */
const FRAME = Object.getOwnPropertySymbols(new AsyncResource('decotel')).find(
  ({ description }) => description === 'context_frame',
);

export type Run = (work: () => unknown) => unknown;

/**
 * Runs the steps of one stream where `enter` says. Node ≥ 24 copies the frame of async-local values to enter a context,
 * which is most of what a step would cost; as long as the consumer asks from the same frame, the copy is kept.
 */
export class StepContext {
  private frame: unknown = FRAME;
  private inside: AsyncResource | undefined = undefined;

  constructor(private readonly enter: Run) {}

  run(work: () => unknown): unknown {
    if (FRAME === undefined) return this.enter(work);
    const here = new AsyncResource('decotel');
    const frame = frameOf(here);
    if (frame !== this.frame) {
      this.frame = frame;
      // Leaving a context leaves another frame behind, with the same values: that one must not be the consumer's.
      const inside = here.runInAsyncScope(() => this.enter(() => new AsyncResource('decotel'))) as AsyncResource;
      // Node 22 has the symbol, and keeps no frame there unless it is asked to.
      this.inside = frameOf(inside) === undefined ? undefined : inside;
    }
    return this.inside === undefined ? this.enter(work) : this.inside.runInAsyncScope(work);
  }
}

function frameOf(resource: AsyncResource): unknown {
  return (resource as unknown as Record<symbol, unknown>)[FRAME as symbol];
}
