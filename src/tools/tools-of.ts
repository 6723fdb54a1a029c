import { misuse, thereAre } from '../core/misuse.js';
import { callIdIn } from './call-facts.js';
import { runTool } from './run-tool.js';
import { factsOf, requireHolder, toolsIn } from './tool-methods.js';
import type { Execute } from './vendor.js';
import { toolVendors, type ToolDefinitions } from './vendors.js';

/**
 * The definitions of an object's `@tool` methods, inherited ones too, as the SDK of `vendor` takes them: a list, or by
 * name for the AI SDK, whose definitions run the tools too. Of a class, those of its static methods.
 *
 * Throws a `DecotelError` for what is no object, for an unknown vendor, and for a tool whose parameters nothing tells.
 *
 * ```ts
 * const response = await this.openai.chat.completions.create({ model, messages, tools: toolsOf(this, 'openai') });
 * messages.push(...(await callTools(this, response)));
 * ```
 */
export function toolsOf<Vendor extends keyof ToolDefinitions>(self: object, vendor: Vendor): ToolDefinitions[Vendor] {
  requireHolder('toolsOf', self);
  if (!Object.hasOwn(toolVendors, vendor)) {
    throw misuse('toolsOf', `unknown vendor \`${vendor}\``, thereAre(Object.keys(toolVendors)));
  }
  const execute: Execute = async (name, given, options) => {
    const outcome = await runTool(self, { name, id: callIdIn(options), given }, options);
    if ('refusal' in outcome) throw new Error(outcome.refusal);
    return outcome.value;
  };
  return toolVendors[vendor].define(Array.from(toolsIn(self).values(), factsOf), execute) as ToolDefinitions[Vendor];
}
