import { DecotelError } from '../core/decotel-error.js';
import type { PromptFrame } from './frame.js';
import { argumentNamed, boundNames } from './parameter-names.js';
import type { Placeholder } from './placeholder.js';
import { templateNamed, type PromptTemplate } from './template.js';

/** Finds the value of a placeholder, or throws the `DecotelError` that says why there is none. */
export type FindValue = (placeholder: Placeholder) => unknown;

/** A value, or why there is none. */
type Found = { readonly value: unknown } | { readonly reason: string; readonly remedy?: string };

/**
 * The variables of a running call: what it was given, else `params`, the instance (`this.x`), the parameters.
 */
export function variablesOfCall(frame: PromptFrame, given: object | undefined): FindValue {
  const place = placeOf(frame);
  return (placeholder) => {
    const { root } = placeholder;
    const found =
      givenValue(given, root) ?? paramValue(frame, root) ?? fieldValue(frame, root) ?? argumentValue(frame, root);
    return requireValue(frame.template, place, placeholder, found);
  };
}

/** Variables that are given, and nothing else; `this` holds what `{this.x}` reads. */
export function givenVariables(template: PromptTemplate, place: string, given: object): FindValue {
  return (placeholder) => {
    const found = givenValue(given, placeholder.root) ?? { reason: 'it was not given', remedy: 'Pass it.' };
    return requireValue(template, place, placeholder, found);
  };
}

export function placeOf({ template, self }: PromptFrame): string {
  return `\`${template.place?.(self) ?? ''}\``;
}

function requireValue(
  template: PromptTemplate,
  place: string,
  { path, root, members }: Placeholder,
  found: Found,
): unknown {
  const walked = 'value' in found ? walk(found.value, root, members) : found;
  if ('value' in walked) return walked.value;
  const remedy = walked.remedy ?? `Pass it: promptText({ ${root === 'this' ? 'this: { … }' : root} }).`;
  const hint = root === 'self' ? ' A member of the instance is written {this.name}.' : '';
  throw new DecotelError(
    `${templateNamed(template, place)} has no value for {${path}}: ${walked.reason}. ${remedy}${hint}`,
  );
}

function walk(given: unknown, root: string, members: readonly string[]): Found {
  let path = root;
  let value = computed(given, undefined);
  for (const member of members) {
    if (value === undefined || value === null) return { reason: `\`${path}\` is ${String(value)}` };
    path += `.${member}`;
    value = has(value, member) ? computed((value as Record<string, unknown>)[member], value) : undefined;
  }
  return value === undefined ? { reason: `\`${path}\` is undefined` } : { value };
}

/** What a function without parameters says when it is asked, as the method of `owner`. */
function computed(value: unknown, owner: unknown): unknown {
  return typeof value === 'function' && value.length === 0 ? (value as () => unknown).call(owner) : value;
}

function givenValue(given: object | undefined, name: string): Found | undefined {
  return given !== undefined && has(given, name) ? { value: (given as Record<string, unknown>)[name] } : undefined;
}

function paramValue({ template, self, args }: PromptFrame, name: string): Found | undefined {
  const { params } = template;
  if (params === undefined) return undefined;
  if (isTuple(params)) {
    const index = params.indexOf(name);
    return index < 0 ? undefined : { value: args[index] };
  }
  return Object.hasOwn(params, name) ? { value: params[name]?.apply(self, [...args]) } : undefined;
}

function fieldValue({ template, self }: PromptFrame, name: string): Found | undefined {
  if (name === 'this')
    return self === undefined || self === null
      ? { reason: 'the method was called without an object' }
      : { value: self };
  if (!template.isOfClass || self === undefined || self === null || !has(self, name)) return undefined;
  const value = (self as Record<string, unknown>)[name];
  return typeof value === 'function' ? undefined : { value };
}

function argumentValue({ original, args }: PromptFrame, name: string): Found {
  const argument = argumentNamed(original, args, name);
  if (argument !== undefined) {
    return 'value' in argument ? argument : { reason: 'the argument was left out, and its default value is computed' };
  }
  const names = boundNames(original);
  const remedy = `Pass it, promptText({ ${name} }), or give it an entry in \`params\` of the template.`;
  if (names === undefined) return { reason: "the method's source cannot be read (a native or bound function)", remedy };
  // One-letter names are what minifiers leave.
  const renamed =
    names.length > 0 && names.every((one) => one.length === 1) ? '; a minifier may have renamed them' : '';
  return { reason: `the parameters are (${names.join(', ')})${renamed}`, remedy };
}

/** What every object inherits is no variable. */
function has(value: unknown, name: string): boolean {
  const object = Object(value) as object;
  return name in object && (!(name in Object.prototype) || Object.hasOwn(object, name));
}

function isTuple(params: NonNullable<PromptTemplate['params']>): params is readonly (string | null)[] {
  return Array.isArray(params);
}
