import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import * as core from '../../src/semconv/core.js';
import * as decotel from '../../src/semconv/decotel.js';
import * as genAi from '../../src/semconv/gen-ai.js';
import * as messaging from '../../src/semconv/messaging.js';
import * as conventions from '../support/conventions.js';
import { checkAttributes, checkMessages, type ContentAttribute } from '../support/conventions.js';
import { describeWithShared } from '../support/shared-folder.js';

const constants: [constant: string, value: string][] = [core, decotel, genAi, messaging].flatMap((room) =>
  Object.entries(room),
);

describe('the constants in src/semconv', () => {
  it('are the names of the conventions, of the additions and of our own keys, and no others', () => {
    const groups = [
      conventions.SPAN_ATTRIBUTES,
      conventions.EXCEPTION_ATTRIBUTES,
      conventions.EVALUATION_ATTRIBUTES,
      conventions.ADDED_ATTRIBUTES,
      conventions.DECOTEL_ATTRIBUTES,
      conventions.MESSAGING_ATTRIBUTES,
      conventions.METRIC_ATTRIBUTES,
    ];
    const known = groups.flatMap(Object.keys);
    const families = Object.keys(conventions.ATTRIBUTE_FAMILIES);
    const names = constants.filter(([constant]) => constant.startsWith('ATTR_')).map(([, name]) => name);
    expect(names.sort()).toEqual([...known, ...families, ...conventions.RESOURCE_ATTRIBUTES].sort());
  });

  it('are called like what they stand for', () => {
    const misnamed = constants.filter(([constant, value]) => {
      const [, stem] = /^ATTR_(.*)$/.exec(constant) ?? /^.*_VALUE_(.*)$/.exec(constant) ?? [];
      return stem !== undefined && stem !== value.replace(/^_/, '').replaceAll('.', '_').toUpperCase();
    });
    expect(misnamed).toEqual([]);
  });

  it('have only known values of attributes that have known values', () => {
    const unknown = constants.filter(([constant, value]) => {
      const [, stem] = /^(GEN_AI_.*)_VALUE_/.exec(constant) ?? [];
      if (stem === undefined) return false;
      const known = Object.entries(conventions.KNOWN_VALUES).find(
        ([name]) => name.replaceAll('.', '_').toUpperCase() === stem,
      );
      return known?.[1].includes(value) !== true;
    });
    expect(unknown).toEqual([]);
  });
});

describe('the check of attributes', () => {
  it('takes what the conventions say', () => {
    expect(
      checkAttributes({
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.top_k': 40,
        'gen_ai.request.stream': true,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.input.messages': '[]',
        'gen_ai.prompt.variable.arg.genre': 'crime',
        'decotel.metadata.tries': 2,
        'decotel.result': '"Dune"',
      }),
    ).toEqual([]);
  });

  it.each([
    ['gen_ai.system', 'openai'],
    ['toString', 'x'],
    ['decotel.usage', 1],
    ['decotel.usage.', 1],
    ['decotel.usage.cost', 0.01],
    ['decotel.metadata.team', ['books']],
    ['decotel.unobserved', false],
    ['decotel.result', 'Dune'],
    ['gen_ai.request.model', ''],
    ['gen_ai.request.model', undefined],
    ['gen_ai.prompt.variable.n', 1],
    ['gen_ai.request.seed', '7'],
    ['gen_ai.usage.input_tokens', 1.5],
    ['gen_ai.request.temperature', NaN],
    ['gen_ai.response.finish_reasons', 'stop'],
    ['gen_ai.response.finish_reasons', []],
    ['gen_ai.response.finish_reasons', [null]],
    ['gen_ai.input.messages', '['],
    ['gen_ai.input.messages', []],
  ])('complains of %s = %j', (key, value) => {
    expect(checkAttributes({ [key]: value })).toEqual([expect.stringContaining(`${key}: `)]);
  });
});

const text = { type: 'text', content: 'Hi' };

const PARTS: Record<string, unknown>[] = [
  text,
  { type: 'reasoning', content: 'Hm' },
  { type: 'tool_call', name: 'lookUp' },
  { type: 'tool_call', id: 'call_1', name: 'lookUp', arguments: { isbn: '1' } },
  { type: 'tool_call', id: null, name: 'lookUp', arguments: '{"isbn": ' },
  { type: 'tool_call_response', id: 'call_1', response: { title: 'Dune' } },
  { type: 'tool_call_response', response: null },
  { type: 'server_tool_call', id: 's1', name: 'web_search', server_tool_call: { type: 'web_search', query: 'Dune' } },
  { type: 'server_tool_call_response', id: 's1', server_tool_call_response: { type: 'web_search_result', hits: 2 } },
  { type: 'blob', mime_type: 'image/png', modality: 'image', content: '', bytes: 512 },
  { type: 'file', mime_type: null, modality: 'document', file_id: 'file_1' },
  { type: 'uri', modality: 'image', uri: 'https://example.com/cover.png' },
  { type: 'compaction', id: 'c1' },
];

const ACCEPTED: Record<ContentAttribute, object[]> = {
  'gen_ai.system_instructions': [[], [text], [...PARTS]],
  'gen_ai.input.messages': [
    [],
    [{ role: 'user', parts: [text], name: 'Ann' }],
    ...PARTS.map((part) => [{ role: 'assistant', parts: [part], name: null }]),
  ],
  'gen_ai.output.messages': [
    [{ role: 'assistant', parts: [], finish_reason: 'error' }],
    ...PARTS.map((part) => [{ role: 'assistant', parts: [part], finish_reason: 'stop' }]),
  ],
  'gen_ai.tool.definitions': [
    [{ type: 'function', name: 'lookUp' }],
    [{ type: 'function', name: 'lookUp', description: null, parameters: null }],
    [{ type: 'function', name: 'lookUp', description: 'Looks up', parameters: { type: 'object', properties: {} } }],
    [{ type: 'web_search', name: 'web_search', parameters: 'any' }],
  ],
  'gen_ai.tool.call.arguments': [{}, { isbn: '1' }],
  'gen_ai.tool.call.result': [{ result: [] }],
  'gen_ai.retrieval.documents': [
    [],
    [
      { id: '1', score: 0.5 },
      { distance: 0.25, content: 'Dune', metadata: { year: 1965 } },
    ],
  ],
};

const accepted = Object.entries(ACCEPTED).flatMap(([key, values]) =>
  values.map((value) => [key, JSON.stringify(value)] as [string, string]),
);

/** Everything that one change makes of `value`: a member taken out, or replaced by junk, at any depth. */
function mutants(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const copyWith = (key: string, change: (copy: Record<string, unknown>) => void): unknown => {
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    change(copy);
    return copy;
  };
  return Object.entries(value).flatMap(([key, member]) => [
    ...(Array.isArray(value) ? [] : [copyWith(key, (copy) => delete copy[key])]),
    ...[null, 1, '', 'text', 'function', [], {}, [1], [{}]].map((junk) => copyWith(key, (copy) => (copy[key] = junk))),
    ...mutants(member).map((mutant) => copyWith(key, (copy) => (copy[key] = mutant))),
  ]);
}

describe('the check of messages', () => {
  it.each(accepted)('takes %s = %s', (key, value) => {
    expect(checkMessages({ [key]: value })).toEqual([]);
  });

  it('misses no attribute that is not there', () => {
    expect(checkMessages({ 'gen_ai.request.model': 'm' })).toEqual([]);
  });

  it.each(PARTS.filter(({ type }) => type !== 'compaction'))(
    'refuses a part $type without what it must have',
    (part) => {
      const bare = [{ type: part['type'] }];
      const inMessage = [{ role: 'user', parts: bare, finish_reason: 'stop' }];
      for (const [key, value] of [
        ['gen_ai.system_instructions', bare],
        ['gen_ai.input.messages', inMessage],
        ['gen_ai.output.messages', inMessage],
      ] as const) {
        expect(checkMessages({ [key]: JSON.stringify(value) })[0]).toMatch(/must have required property/);
      }
    },
  );

  it.each([
    ['gen_ai.input.messages', '{"role":"user"'],
    ['gen_ai.input.messages', '"Hi"'],
    ['gen_ai.input.messages', '[{"role":"user","content":"Hi"}]'],
    ['gen_ai.input.messages', '[{"role":"user","parts":["Hi"]}]'],
    ['gen_ai.input.messages', '[{"role":"user","parts":[{"type":"text","content":["Hi"]}]}]'],
    ['gen_ai.input.messages', '[{"parts":[]}]'],
    ['gen_ai.output.messages', '[{"role":"assistant","parts":[]}]'],
    ['gen_ai.output.messages', '[{"role":"assistant","parts":[],"finish_reason":null}]'],
    ['gen_ai.system_instructions', '["Be kind"]'],
    ['gen_ai.system_instructions', '[{"type":"uri","modality":"image","uri":"data:image/png;base64,AAAA"}]'],
    ['gen_ai.tool.definitions', '[{"name":"lookUp"}]'],
    ['gen_ai.tool.definitions', '[{"type":"function","name":"lookUp","parameters":{"type":"objekt"}}]'],
    ['gen_ai.tool.call.arguments', '["1"]'],
    ['gen_ai.tool.call.result', '"Dune"'],
    ['gen_ai.retrieval.documents', '{"id":"1"}'],
    ['gen_ai.retrieval.documents', '[{"id":1}]'],
    ['gen_ai.retrieval.documents', '[{"id":"1","score":"0.5"}]'],
    ['gen_ai.retrieval.documents', '[{"id":"1","pageContent":"Dune"}]'],
  ])('refuses %s = %s', (key, value) => {
    expect(checkMessages({ [key]: value })).not.toEqual([]);
  });
});

interface Attribute {
  name: string;
  type: string;
}

interface Registry {
  snapshots: {
    'v1.41.1': {
      spans: Record<string, { attributes: Attribute[] } | undefined>;
      events: Record<string, { attributes: Attribute[] } | undefined>;
      enums: Record<string, string[]>;
    };
  };
}

function typesOf(groups: ({ attributes: Attribute[] } | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap((group) => (group?.attributes ?? []).map(({ name, type }): [string, string] => [name, type])),
  );
}

describeWithShared('semconv/genai.json', 'our copy of the conventions v1.41.1', (path) => {
  const registry = JSON.parse(readFileSync(path, 'utf8')) as Registry;
  const { spans, events, enums } = registry.snapshots['v1.41.1'];

  it('has the attributes of the spans that we make, and their types', () => {
    const { EMITTED_SPANS, SPAN_ATTRIBUTES } = conventions;
    expect(EMITTED_SPANS.filter((name) => spans[name] === undefined)).toEqual([]);
    expect(typesOf(EMITTED_SPANS.map((name) => spans[name]))).toEqual(SPAN_ATTRIBUTES);
  });

  it('has the attributes of an exception', () => {
    expect(typesOf([events['gen_ai.client.operation.exception']])).toEqual(conventions.EXCEPTION_ATTRIBUTES);
  });

  it('has the known values', () => {
    const names = Object.keys(conventions.KNOWN_VALUES);
    expect(Object.fromEntries(names.map((name) => [name, [...(enums[name] ?? [])].sort()]))).toEqual(
      conventions.KNOWN_VALUES,
    );
  });

  it('calls an addition only what our spans do not have', () => {
    const { ADDED_ATTRIBUTES, SPAN_ATTRIBUTES } = conventions;
    expect(Object.keys(ADDED_ATTRIBUTES).filter((name) => Object.hasOwn(SPAN_ATTRIBUTES, name))).toEqual([]);
  });
});

const OFFICIAL: Record<ContentAttribute, string> = {
  'gen_ai.system_instructions': 'v1.41.1/gen-ai-system-instructions',
  'gen_ai.input.messages': 'v1.41.1/gen-ai-input-messages',
  'gen_ai.output.messages': 'v1.41.1/gen-ai-output-messages',
  'gen_ai.tool.definitions': 'v1.41.1/gen-ai-tool-definitions',
  'gen_ai.tool.call.arguments': 'gen-ai-tool-call-arguments',
  'gen_ai.tool.call.result': 'gen-ai-tool-call-result',
  'gen_ai.retrieval.documents': 'gen-ai-retrieval-documents',
};

describeWithShared('semconv/schemas', 'our schemas are stricter than the official ones', (folder) => {
  const official = (key: string): ValidateFunction => {
    const source = readFileSync(`${folder}/${OFFICIAL[key as ContentAttribute]}.json`, 'utf8');
    // `binary`: the format of a blob's content, which JSON Schema leaves to the reader.
    return new Ajv({ strict: false, formats: { binary: true } }).compile(JSON.parse(source) as AnySchemaObject);
  };

  it.each(Object.keys(OFFICIAL))('%s: what ours takes, theirs takes', (key) => {
    const validate = official(key);
    const values = ACCEPTED[key as ContentAttribute].flatMap((value) => [value, ...mutants(value)]);
    const taken = values.filter((value) => checkMessages({ [key]: JSON.stringify(value) }).length === 0);
    expect(taken.length).toBeGreaterThan(2);
    expect(taken.filter((value) => !validate(value))).toEqual([]);
  });

  it('a document with an id and a score is one that v1.41.1 takes, too', () => {
    const schema = readFileSync(`${folder}/v1.41.1/gen-ai-retrieval-documents.json`, 'utf8');
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schema) as AnySchemaObject);
    expect(validate([{ id: '1', score: 0.5, distance: 0.25, content: 'Dune', metadata: { year: 1965 } }])).toBe(true);
    expect(validate([{ content: 'Dune' }])).toBe(false);
  });

  it('a malformed text part is one that theirs lets pass', () => {
    const value = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
    expect(official('gen_ai.input.messages')(value)).toBe(true);
    expect(checkMessages({ 'gen_ai.input.messages': JSON.stringify(value) })).toEqual([
      "gen_ai.input.messages/0/parts/0 must have required property 'content'",
    ]);
  });
});
