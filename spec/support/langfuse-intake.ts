import type { OtlpSpan } from './otlp-receiver.js';

/**
 * A stand-in for Langfuse's OpenTelemetry intake: its documented rules for which attribute becomes which field, written
 * after langfuse.com/integrations/native/opentelemetry (2026-11). It is no Langfuse.
 */
export interface Observation {
  trace: { userId?: string; sessionId?: string; tags: string[]; name?: string; metadata: Record<string, unknown> };
  type: string;
  model?: string;
  input?: unknown;
  output?: unknown;
  usage: Record<string, number>;
  promptName?: string;
  promptVersion?: number;
  completionStartTime?: string;
  level?: string;
  metadata: Record<string, unknown>;
}

const TYPES: readonly [key: string, values: RegExp, type: string][] = [
  ['gen_ai.operation.name', /^(chat|text_completion|completion|generate|generate_content)$/, 'GENERATION'],
  ['gen_ai.operation.name', /^embeddings$/, 'EMBEDDING'],
  ['gen_ai.operation.name', /^(invoke|create)_agent$/, 'AGENT'],
  ['gen_ai.operation.name', /^execute_tool$/, 'TOOL'],
  ['gen_ai.tool.name', /./, 'TOOL'],
  ['gen_ai.request.model', /./, 'GENERATION'],
  ['gen_ai.response.model', /./, 'GENERATION'],
];

/** Segments that Langfuse drops. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

export function observationOf({ attributes }: OtlpSpan): Observation {
  const text = (...keys: string[]): string | undefined => {
    const found = keys.map((key) => attributes[key]).find((value) => value !== undefined && value !== '');
    return found === undefined ? undefined : plain(found);
  };
  const said = (own: string, ...keys: string[]): unknown => parsed(text(own, ...keys));
  const version = text('langfuse.observation.prompt.version', 'langfuse.prompt.version');
  const known = TYPES.find(([key, values]) => values.test(plain(attributes[key] ?? '')));
  return {
    trace: {
      userId: text('langfuse.user.id', 'user.id'),
      sessionId: text('langfuse.session.id', 'session.id'),
      tags: tagsOf(attributes['langfuse.trace.tags'] ?? attributes['langfuse.tags']),
      name: text('langfuse.trace.name'),
      metadata: below(attributes, 'langfuse.trace.metadata.'),
    },
    type: text('langfuse.observation.type')?.toUpperCase() ?? known?.[2] ?? 'SPAN',
    model: text('langfuse.observation.model.name', 'gen_ai.response.model', 'gen_ai.request.model'),
    input: said('langfuse.observation.input', 'gen_ai.input.messages', 'gen_ai.tool.call.arguments'),
    output: said('langfuse.observation.output', 'gen_ai.output.messages', 'gen_ai.tool.call.result'),
    usage: usageOf(attributes),
    promptName: text('langfuse.observation.prompt.name', 'langfuse.prompt.name'),
    promptVersion: version === undefined || Number.isNaN(Number(version)) ? undefined : Number(version),
    completionStartTime: text('langfuse.observation.completion_start_time'),
    level: text('langfuse.observation.level'),
    metadata: below(attributes, 'langfuse.observation.metadata.'),
  };
}

/** A list, JSON of one, or texts between commas. */
function tagsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string') return [];
  const list = parsed(value);
  return Array.isArray(list) ? list.map(String) : value.split(',').map((tag) => tag.trim());
}

function usageOf(attributes: OtlpSpan['attributes']): Record<string, number> {
  const details = parsed(attributes['langfuse.observation.usage_details']);
  if (typeof details === 'object' && details !== null) return details as Record<string, number>;
  const found: Record<string, number> = {};
  for (const [key, value] of Object.entries(below(attributes, 'gen_ai.usage.'))) {
    const name = key.replace(/^(prompt|input)_tokens$/, 'input').replace(/^(completion|output)_tokens$/, 'output');
    if (key !== 'cost') found[name] = Number(value);
  }
  return found;
}

function below(attributes: OtlpSpan['attributes'], prefix: string): Record<string, unknown> {
  const found = Object.entries(attributes).filter(([key]) => key.startsWith(prefix));
  const named = found.map(([key, value]): [string, unknown] => [key.slice(prefix.length), value]);
  return Object.fromEntries(named.filter(([name]) => !name.split('.').some((part) => RESERVED.has(part))));
}

/** Attributes are scalars and lists of them. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
