import type { PromptFrame } from './frame.js';
import { bindingNamed, boundNames, DEFAULTED } from './parameter-names.js';
import type { Placeholder } from './placeholder.js';
import type { PromptTemplate } from './template.js';

/** A value, or why there is none. */
type Found = { readonly value: unknown } | { readonly reason: string; readonly remedy?: string };

/** Finds the variable `name` of a template, or `this`. */
export type FindVariable = (name: string) => Found;

/**
 * The variables of a running call: what it was given, else `params`, the instance (`this.x`), the parameters.
 */
export function variablesOfCall(frame: PromptFrame, given: object | undefined): FindVariable {
  return (name) =>
    memberOf(given, name) ?? paramValue(frame, name) ?? fieldValue(frame, name) ?? argumentValue(frame, name);
}

/** Variables that are given, and nothing else; `this` holds what `{this.x}` reads. */
export function givenVariables(given: object): FindVariable {
  return (name) => memberOf(given, name) ?? { reason: 'it was not given', remedy: 'Pass it' };
}

/** The value that a placeholder stands for; throws what `fail` makes of the reason why there is none. */
export function valueOf(
  find: FindVariable,
  { root, path, members }: Placeholder,
  fail: (problem: string) => Error,
): unknown {
  const found = find(root);
  const walked = 'value' in found ? walk(found.value, root, members) : found;
  if ('value' in walked) return walked.value;
  const remedy = walked.remedy ?? `Pass it: promptText({ ${root === 'this' ? 'this: { … }' : root} })`;
  const hint = root === 'self' ? '. The instance is {this.…}' : '';
  throw fail(`no value for {${path}}: ${walked.reason}. ${remedy}${hint}`);
}

function walk(given: unknown, root: string, members: readonly string[]): Found {
  let path = root;
  let value = computed(given, undefined);
  for (const member of members) {
    if (value === undefined || value === null) return { reason: `\`${path}\` is ${String(value)}` };
    path += `.${member}`;
    value = computed(memberOf(value, member)?.value, value);
  }
  return value === undefined ? { reason: `\`${path}\` is undefined` } : { value };
}

/** What a function without parameters says when it is asked, as the method of `owner`. */
function computed(value: unknown, owner: unknown): unknown {
  return typeof value === 'function' && value.length === 0 ? (value as () => unknown).call(owner) : value;
}

/** What every object inherits is no variable. */
function memberOf(value: unknown, name: string): { readonly value: unknown } | undefined {
  const object = Object(value) as Record<string, unknown>;
  const isOwn = name in object && (!(name in Object.prototype) || Object.hasOwn(object, name));
  return isOwn ? { value: (value as typeof object)[name] } : undefined;
}

function paramValue({ template: { params }, self, args }: PromptFrame, name: string): Found | undefined {
  if (params === undefined) return undefined;
  if (!isTuple(params))
    return Object.hasOwn(params, name) ? { value: params[name]?.apply(self, [...args]) } : undefined;
  const index = params.indexOf(name);
  return index < 0 ? undefined : { value: args[index] };
}

function fieldValue({ template, self }: PromptFrame, name: string): Found | undefined {
  if (name === 'this') return self == null ? { reason: '`this` is undefined' } : { value: self };
  const field = template.isOfClass === true ? memberOf(self, name) : undefined;
  return typeof field?.value === 'function' ? undefined : field;
}

function argumentValue({ original, args }: PromptFrame, name: string): Found {
  const bound = boundNames(original);
  const remedy = `Pass it: promptText({ ${name} }), or name it in \`params\``;
  if (bound === undefined) return { reason: "the method's source is unknown (native or bound)", remedy };
  const binding = bindingNamed(bound, name);
  if (binding !== undefined) {
    const value = binding.read(args);
    return value === DEFAULTED ? { reason: 'its default value is computed' } : { value };
  }
  const names = bound.map((one) => one.name);
  // One-letter names are what minifiers leave.
  const isRenamed = names.length > 0 && names.every((one) => one.length === 1);
  const hint = isRenamed ? '; a minifier may have renamed them' : '';
  return { reason: `the parameters are (${names.join(', ')})${hint}`, remedy };
}

function isTuple(params: NonNullable<PromptTemplate['params']>): params is readonly (string | null)[] {
  return Array.isArray(params);
}
