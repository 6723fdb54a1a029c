import { withOtel } from '../../src/decorators/with-otel.js';

type Make = (self: object) => unknown;

/** The same class twice, under one name: as it was written, and decorated. */
export const Bare = (() => {
  class Librarian {
    give(make: Make): unknown {
      return make(this);
    }
  }
  return Librarian;
})();

export const Decorated = (() => {
  class Librarian {
    @withOtel()
    give(make: Make): unknown {
      return make(this);
    }
  }
  return Librarian;
})();

const contexts: unknown[] = [];
const look = (_target: unknown, context: unknown): void => void contexts.push(context);

export class Probe {
  @look
  method(): void {
    // Only its decorator is of interest.
  }
}

/** Which kind of decorators this file was compiled with: standard ones are given a context. */
export const decoratorMode = typeof contexts[0] === 'object' ? 'standard' : 'legacy';
