import { misuse } from '../core/misuse.js';
import { callDeclaration, type CallFamily } from '../decorators/call-decorator.js';
import type { CallDecorator } from '../decorators/decorator-types.js';
import { decoratorOf, type Declaration } from '../decorators/method-decorator.js';
import type { CallOptions } from '../spans/definition.js';
import { isRelation } from './origin.js';
import { messagingTracer } from './tracer.js';

/** Tells something from the arguments of a call. Its parameters are annotated as the method's are. */
export type FromArguments<Value> = (...args: never[]) => Value | undefined;

interface Said {
  readonly destination?: unknown;
  readonly as?: unknown;
}

/** The decorator of a family, whose options are checked beyond their types. Bare it says, where it stands, what it needs. */
export function messagingDecorator<Options extends CallOptions>(
  family: CallFamily<Options>,
): (options: Options) => CallDecorator {
  return decoratorOf((options) => messagingDeclaration(family, options)) as (options: Options) => CallDecorator;
}

function messagingDeclaration<Options extends CallOptions>(family: CallFamily<Options>, options: unknown): Declaration {
  const declaration = callDeclaration(family, options);
  const { decorator } = declaration;
  return {
    ...declaration,
    declare: (method, where) => {
      declaration.declare(method, where);
      if (method.call !== undefined) method.call = { ...method.call, tracer: messagingTracer };
      const { destination, as } = (options ?? {}) as Said;
      if (destination === undefined) {
        const remedy = `Write ${decorator}({ destination: 'the queue, topic or subject' }).`;
        throw misuse(where, 'option `destination` is missing', remedy);
      }
      if (as !== undefined && !isRelation(as)) {
        throw misuse(where, `option \`as\` is ${JSON.stringify(as)}`, "It must be 'parent' or 'link'.");
      }
    },
  };
}
