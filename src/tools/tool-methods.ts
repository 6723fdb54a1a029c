import { decoratedBy, type AnyFunction } from '../core/decorated.js';
import { described, misuse } from '../core/misuse.js';
import { warnOnce } from '../core/report.js';
import type { ToolDefinition } from '../core/messages.js';
import { parametersOf, type ToolInput } from './input.js';
import { isObject } from './json-schema.js';
import type { ToolFacts } from './vendor.js';

/** The decorator whose methods are tools. */
export const TOOL = '@tool';

/** A definition of a method, as far as it makes a tool. */
interface ToolDeclaration {
  readonly call?: {
    readonly kind: { readonly decorator: string };
    readonly methodName: string;
    readonly options: { readonly name?: string; readonly description?: string; readonly input?: ToolInput };
  };
}

/** A tool where it stands on a class. */
export interface FoundTool {
  readonly name: string;
  readonly description: string | undefined;
  readonly input: ToolInput | undefined;
  /** The method as the application wrote it. */
  readonly original: AnyFunction;
  /** The decorated method. */
  readonly method: AnyFunction;
  readonly owner: object;
  readonly key: PropertyKey;
  /** ``  `Librarian.lookUp`  ``, for messages. */
  readonly place: string;
}

/** Throws a `DecotelError` for what cannot have tools. */
export function requireHolder(caller: string, self: unknown): void {
  if (isObject(self) || typeof self === 'function') return;
  throw misuse(caller, `expected the object whose methods are tools, got ${described(self)}`, 'Pass `this`.');
}

/** The tools of an object by name, inherited ones too; of a class its static ones. No getter is read. */
export function toolsIn(self: object): Map<string, FoundTool> {
  const found = new Map<string, FoundTool>();
  const seen = new Set<PropertyKey>();
  for (let owner: object | null = self; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    for (const key of Reflect.ownKeys(owner)) {
      // The nearest member is the one that a call would find.
      if (seen.has(key)) continue;
      seen.add(key);
      const method = Object.getOwnPropertyDescriptor(owner, key)?.value as AnyFunction;
      const { definition, original = method } = decoratedBy<ToolDeclaration>(method) ?? {};
      if (definition?.call?.kind.decorator !== TOOL) continue;
      const { methodName, options } = definition.call;
      const { name = methodName, description, input } = options;
      const place = placeOf(owner, key);
      const other = found.get(name);
      if (other?.owner === owner) warnOnce(`${place} and ${other.place} are tools of one name; the first serves`);
      if (other === undefined) found.set(name, { name, description, input, original, method, owner, key, place });
    }
  }
  return found;
}

function placeOf(owner: object, key: PropertyKey): string {
  const { name } = typeof owner === 'function' ? owner : owner.constructor;
  return `\`${name}.${String(key)}\``;
}

/** By prototype, or by class: methods do not come and go. */
const ofClass = new WeakMap<object, readonly FoundTool[]>();

/** The tools of an object's class, looked up once. Never throws. */
export function classTools(self: unknown): readonly FoundTool[] {
  if (self == null) return [];
  try {
    // Of a class that is being constructed there is no instance yet: its prototype is given.
    const isHolder = typeof self === 'function' || Object.hasOwn(self, 'constructor');
    const holder = (isHolder ? self : Object.getPrototypeOf(self)) as object;
    let tools = ofClass.get(holder);
    if (tools === undefined) ofClass.set(holder, (tools = [...toolsIn(holder).values()]));
    return tools;
  } catch {
    // `self` has no prototype, or is a Proxy that refuses.
    return [];
  }
}

/**
 * A tool as models are told of it.
 *
 * Throws a `DecotelError` where its parameters are not known.
 */
export function factsOf(tool: FoundTool): ToolFacts {
  const { name, description } = tool;
  return { name, ...(description !== undefined && { description }), parameters: parametersOf(tool) };
}

/** As a trace records them. Never throws: whoever hands the tools to a model is told why one has no parameters. */
export function toolDefinitions(tools: readonly FoundTool[]): ToolDefinition[] {
  return tools.map((tool) => {
    try {
      return { type: 'function', ...factsOf(tool) };
    } catch {
      return { type: 'function', name: tool.name };
    }
  });
}
