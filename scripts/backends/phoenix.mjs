import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './python.mjs';
import { eventually, freePort, serve } from './process.mjs';
import { parsed } from './facts.mjs';

const VERSION = '20.26.1';
const PROJECT = 'decotel-backends';

/** Arize Phoenix, which keeps spans in its own names, OpenInference's, and translates the GenAI conventions. */
export const phoenix = {
  name: `Phoenix ${VERSION}`,

  prepare(folder) {
    install(join(folder, 'phoenix'), `arize-phoenix==${VERSION}`);
  },

  async start(folder) {
    const programs = install(join(folder, 'phoenix'), `arize-phoenix==${VERSION}`);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const environment = {
      ...process.env,
      PHOENIX_WORKING_DIR: await mkdtemp(join(tmpdir(), 'phoenix-')),
      PHOENIX_HOST: '127.0.0.1',
      PHOENIX_PORT: String(port),
      PHOENIX_GRPC_PORT: String(await freePort()),
      PHOENIX_TELEMETRY_ENABLED: 'false',
    };
    const stop = await serve(join(programs, 'phoenix'), ['serve'], { url, env: environment });
    const headers = { 'x-project-name': PROJECT };
    return {
      stop,
      sends: [
        { destination: 'phoenix', given: [{ url, project: PROJECT }] },
        { destination: 'otlp', given: [{ url, headers }] },
      ],
      read: (traceId) => readBack(url, traceId),
    };
  },
};

function readBack(url, traceId) {
  return eventually(async () => {
    const answer = await fetch(`${url}/v1/projects/${PROJECT}/spans?limit=100`);
    if (!answer.ok) return undefined;
    const spans = (await answer.json()).data.filter((span) => span.context.trace_id === traceId);
    return spans.some((span) => span.parent_id === null) ? spans.map(factsOf) : undefined;
  });
}

function factsOf({ context, parent_id: parent, name, span_kind: kind, attributes }) {
  return {
    id: context.span_id,
    parent,
    name,
    model: attributes['llm.model_name'] ?? null,
    inputTokens: attributes['llm.token_count.prompt'] ?? null,
    outputTokens: attributes['llm.token_count.completion'] ?? null,
    input: messages(attributes, 'llm.input_messages'),
    output: messages(attributes, 'llm.output_messages'),
    tool: kind === 'TOOL' ? { name: attributes['tool.name'], arguments: toolArguments(attributes) } : null,
  };
}

/** Phoenix takes JSON objects apart. */
function toolArguments(attributes) {
  const prefix = 'tool.parameters.';
  const members = Object.entries(attributes).filter(([key]) => key.startsWith(prefix));
  if (members.length === 0) return parsed(attributes['tool.parameters'] ?? attributes['input.value']);
  return Object.fromEntries(members.map(([key, value]) => [key.slice(prefix.length), value]));
}

function messages(attributes, prefix) {
  const found = [];
  for (let index = 0; `${prefix}.${index}.message.role` in attributes; index++) {
    const message = `${prefix}.${index}.message`;
    const calls = [];
    for (let call = 0; `${message}.tool_calls.${call}.tool_call.function.name` in attributes; call++) {
      const one = `${message}.tool_calls.${call}.tool_call`;
      calls.push({
        id: attributes[`${one}.id`],
        name: attributes[`${one}.function.name`],
        arguments: parsed(attributes[`${one}.function.arguments`]),
      });
    }
    found.push({ role: attributes[`${message}.role`], text: attributes[`${message}.content`] ?? '', calls });
  }
  return found;
}
