import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { diag } from '@opentelemetry/api';
import { readFolder } from '../replay/folder.js';
import type { Recording } from '../replay/recording.js';
import { replay } from '../replay/replay.js';
import { startServer } from '../replay/server.js';
import { startRecording, type SpanView } from '../replay/spans.js';
import { checkAttributes } from '../support/conventions.js';
import { describeWithShared, sharedPath } from '../support/shared-folder.js';

const SCHEMAS = {
  'gen_ai.input.messages': 'gen-ai-input-messages',
  'gen_ai.output.messages': 'gen-ai-output-messages',
  'gen_ai.system_instructions': 'gen-ai-system-instructions',
  'gen_ai.tool.definitions': 'gen-ai-tool-definitions',
};

const KNOWN_PARTS = [
  'text',
  'reasoning',
  'tool_call',
  'tool_call_response',
  'server_tool_call',
  'server_tool_call_response',
  'blob',
  'file',
  'uri',
];

/** The official schema, except that its catch-all part no longer takes what should have been a known one. */
function officialSchema(name: string): ValidateFunction {
  const path = sharedPath(`semconv/schemas/v1.41.1/${name}.json`);
  if (path === undefined) throw new Error(`no schema ${name}`);
  const schema = JSON.parse(readFileSync(path, 'utf8')) as AnySchemaObject & {
    $defs?: Record<string, { properties?: Record<string, object> }>;
  };
  const generic = schema.$defs?.['GenericPart'];
  if (generic?.properties !== undefined) generic.properties['type'] = { type: 'string', not: { enum: KNOWN_PARTS } };
  // Tool parameters are JSON Schema draft 7, which is not resolved here.
  return new Ajv2020({ strict: false, allErrors: true, validateSchema: false, formats: { binary: true } }).compile(
    JSON.parse(
      JSON.stringify(schema).replaceAll('{"$ref":"http://json-schema.org/draft-07/schema#"}', 'true'),
    ) as object,
  );
}

describeWithShared('recordings', 'the spans of replayed traffic', (folder) => {
  const spans: { recording: string; span: SpanView }[] = [];

  beforeAll(async () => {
    const source = startRecording();
    const server = await startServer();
    for (const recording of [...readFolder(folder).recordings, WRITTEN]) {
      for (const result of (await replay(recording, ['returned', 'observed'], server, source)) ?? []) {
        // The SDK's own spans, which claim no model call any more, have names of their own.
        const ours = result.spans.filter(({ scope }) => scope === 'decotel');
        for (const span of ours) spans.push({ recording: `${recording.api}/${recording.id}`, span });
      }
    }
    await server.close();
    await source.shutdown();
    diag.disable();
  }, 120_000);

  it('use only names and types of the conventions and the documented additions', () => {
    expect(spans.length).toBeGreaterThan(150);
    expect(
      spans.flatMap(({ recording, span }) => checkAttributes(span.attributes).map((line) => `${recording} ${line}`)),
    ).toEqual([]);
  });

  it('have messages that the official schemas accept', () => {
    const wrong: string[] = [];
    for (const [key, name] of Object.entries(SCHEMAS)) {
      const validate = officialSchema(name);
      for (const { recording, span } of spans) {
        const value = span.attributes[key];
        if (value === undefined) continue;
        if (!validate(JSON.parse(String(value))))
          wrong.push(`${recording} ${key} ${JSON.stringify(validate.errors?.slice(0, 2))}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('show every part type at least once', () => {
    const seen = new Set<string>();
    for (const { span } of spans) {
      for (const key of Object.keys(SCHEMAS).slice(0, 3))
        collectTypes(JSON.parse(String(span.attributes[key] ?? '[]')), seen);
    }
    expect(KNOWN_PARTS.filter((type) => !seen.has(type))).toEqual([]);
  });

  it('keep tool arguments that do not parse as text, and say error for a finish reason that never came', () => {
    const outputs = spans.flatMap(
      ({ span }) => JSON.parse(String(span.attributes['gen_ai.output.messages'] ?? '[]')) as Output[],
    );
    const written = spans.filter(({ recording }) => recording.endsWith(WRITTEN.id));
    expect(
      written.map(({ span }) => JSON.parse(String(span.attributes['gen_ai.output.messages'])) as Output[]),
    ).toContainEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_1', name: 'lookUp', arguments: '{"isbn": ' }],
        finish_reason: 'error',
      },
    ]);
    for (const { parts, finish_reason } of outputs) {
      expect(finish_reason).toMatch(/./);
      for (const part of parts) {
        if (part.type !== 'tool_call' || typeof part.arguments !== 'string') continue;
        expect(isObject(part.arguments)).toBe(false);
      }
    }
  });
});

/** What no recording shows, after OpenAI's documented wire format: an image by its URL, arguments that do not parse. */
const WRITTEN: Recording = {
  id: 'written-for-this-spec',
  provider: 'openai',
  api: 'openai.chat',
  shape: 'chat',
  streaming: false,
  request: {
    method: 'POST',
    path: '/v1/chat/completions',
    body: {
      model: 'gpt-5-mini',
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/cover.png' } }] },
      ],
    },
  },
  response: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      id: 'chatcmpl-9',
      object: 'chat.completion',
      model: 'gpt-5-mini',
      choices: [
        {
          index: 0,
          finish_reason: null,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'lookUp', arguments: '{"isbn": ' } }],
          },
        },
      ],
    },
  },
  expect: {},
};

interface Output {
  finish_reason: string;
  parts: { type: string; arguments?: unknown }[];
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function collectTypes(value: unknown, seen: Set<string>): void {
  if (Array.isArray(value)) value.forEach((item) => collectTypes(item, seen));
  else if (typeof value === 'object' && value !== null) {
    const { type, parts } = value as { type?: unknown; parts?: unknown };
    if (typeof type === 'string') seen.add(type);
    if (parts !== undefined) collectTypes(parts, seen);
  }
}
