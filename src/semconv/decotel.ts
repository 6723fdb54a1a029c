/** Our own keys, where no convention has one. Dashboards depend on them: a change needs a changelog line. */
export const ATTR_DECOTEL_OUTCOME = 'decotel.outcome';
export const ATTR_DECOTEL_PROMPT_TEMPLATE = 'decotel.prompt.template';
export const ATTR_DECOTEL_PROMPT_RENDERED = 'decotel.prompt.rendered';
/** Followed by a dot and the application's key. */
export const ATTR_DECOTEL_PROMPT_METADATA = 'decotel.prompt.metadata';
export const ATTR_DECOTEL_PROMPT_TAGS = 'decotel.prompt.tags';
export const ATTR_DECOTEL_ARGUMENTS = 'decotel.arguments';
export const ATTR_DECOTEL_RESULT = 'decotel.result';
export const ATTR_DECOTEL_TAGS = 'decotel.tags';
/** Followed by a dot and the application's key. */
export const ATTR_DECOTEL_METADATA = 'decotel.metadata';
/** US dollars, where the application said what a token costs. */
export const ATTR_DECOTEL_COST = 'decotel.cost';
/** Of the trace, for people. */
export const ATTR_DECOTEL_SESSION_NAME = 'decotel.session.name';
export const ATTR_DECOTEL_AGENT_TOOLS = 'decotel.agent.tools';
export const ATTR_DECOTEL_AGENT_HANDOFFS = 'decotel.agent.handoffs';
/** Followed by a dot and what the model called it: `__confidence__` among the arguments is `decotel.tool.confidence`. */
export const ATTR_DECOTEL_TOOL = 'decotel.tool';
/** Followed by a dot and the provider's own name of the number. */
export const ATTR_DECOTEL_USAGE = 'decotel.usage';
export const ATTR_DECOTEL_STREAM_CHUNKS = 'decotel.stream.chunks';
export const ATTR_DECOTEL_REQUEST_MISSING = 'decotel.request.missing';
export const ATTR_DECOTEL_UNOBSERVED = 'decotel.unobserved';
export const ATTR_DECOTEL_TRUNCATED = 'decotel.truncated';
