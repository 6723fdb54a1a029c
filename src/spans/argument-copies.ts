import { snapshot } from '../core/snapshot.js';
import { parameterNames } from '../prompts/parameter-names.js';
import type { Provider } from '../providers/registry.js';
import { requestIn } from '../providers/registry.js';
import type { Method } from '../streams/cover.js';
import { Asked } from './asked.js';

/** The request in an argument that is a command of an SDK: only the live one can be told from other objects. */
export function requestGiven(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null ? requestIn(argument) : argument;
}

/**
 * What a method was called with, copied at once. What it means is read when the record is put together: to find out whose
 * request it is takes as long as the rest of a call.
 */
export class ArgumentCopies {
  private readonly values: unknown;

  constructor(
    args: readonly unknown[],
    private readonly original: Method,
  ) {
    this.values = snapshot(args);
  }

  /** The first that is a request to a model; `hint` is whose answer came. */
  request(hint: Provider | undefined): Asked | undefined {
    if (!Array.isArray(this.values)) return undefined;
    for (const copy of this.values as unknown[]) {
      const asked = Asked.ofCopy(copy, hint);
      if (asked !== undefined) return asked;
    }
    return undefined;
  }

  /** By the names of the method's parameters, where they are known. */
  named(): unknown {
    const copies = this.values;
    const names = Array.isArray(copies) ? parameterNames(this.original) : undefined;
    if (!Array.isArray(copies) || names === undefined) return copies;
    const named: Record<string, unknown> = {};
    for (let index = 0; index < copies.length; index++) {
      const name = names[index];
      if (name === undefined) return copies;
      named[name] = copies[index] as unknown;
    }
    return named;
  }
}
