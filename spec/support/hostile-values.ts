/** Members that some provider's guard looks at. */
const MEMBERS = [
  ...[
    'object',
    'type',
    'role',
    'choices',
    'content',
    'data',
    'output',
    'message',
    'messages',
    'model',
    'input',
    'prompt',
  ],
  ...['usage', 'responsePromise', 'parseResponse', 'iterator', 'controller', 'receivedMessages', '_chatCompletions'],
  ...['$metadata', 'body', 'chunk', 'stopReason', 'messageStart', 'contentBlockStart', 'contentBlockDelta', 'modelId'],
  ...['done', 'response', 'embeddings', 'options'],
  ...['candidates', 'promptFeedback', 'modelVersion', 'usageMetadata', 'embedding', 'event_type', 'contents'],
  ...['apiClient', 'parentClient', 'generation_config'],
  ...['_client', 'chat', 'constructor', 'error', 'prompt_filter_results'],
];

/** Objects that no provider recognises, by name: each throws somewhere, or has the members with the wrong values. */
export function hostileValues(): [string, object][] {
  return [
    ['an empty object', {}],
    ['an empty list', []],
    ['an object without a prototype', Object.create(null) as object],
    ['a date', new Date(0)],
    ['a promise', Promise.resolve()],
    ['a list of lists', [[[]]]],
    ['members that are null', withMembers(null)],
    ['members that are numbers', withMembers(1)],
    ['members that are empty texts', withMembers('')],
    ['members that are empty objects', withMembers({})],
    ['own getters that throw', throwing()],
    ['a proxy whose every trap throws', new Proxy({}, throwingTraps())],
    ['a revoked proxy', revoked()],
  ];
}

/** Inherited getters, as the AI SDK's results have them: reading one would start something. Counts the reads. */
export function lazyResult(): { value: object; reads: () => number } {
  let reads = 0;
  const prototype = {};
  for (const member of MEMBERS.filter((name) => name !== 'constructor')) {
    Object.defineProperty(prototype, member, { get: () => (reads++, Promise.resolve()) });
  }
  return { value: Object.create(prototype) as object, reads: () => reads };
}

function withMembers(value: unknown): object {
  return Object.fromEntries(MEMBERS.filter((name) => name !== 'constructor').map((member) => [member, value]));
}

function throwing(): object {
  const value = {};
  for (const member of MEMBERS) {
    Object.defineProperty(value, member, {
      enumerable: true,
      get: () => {
        throw new Error(`read ${member}`);
      },
    });
  }
  return value;
}

function throwingTraps(): ProxyHandler<object> {
  return new Proxy(
    {},
    {
      get: () => () => {
        throw new Error('trapped');
      },
    },
  );
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
