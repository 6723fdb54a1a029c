export {
  CapturedAttributes,
  Content,
  content,
  ContentFamily,
  EventFamily,
  jsonContent,
  jsonObject,
  JsonObject,
} from './core/content.js';
export type { CapturedEvent, CapturedValue, ContentKind, Spread, SpreadEvent } from './core/content.js';
export type { CallRecord } from './core/record.js';
export { confident } from './dialects/confident.js';
export type { Dialect, DialectEvent, Rendering } from './dialects/dialect.js';
export { genAiEvents } from './dialects/gen-ai-events.js';
export { genAi } from './dialects/gen-ai.js';
export { langfuse } from './dialects/langfuse.js';
export { mirascope } from './dialects/mirascope.js';
export { openinference } from './dialects/openinference.js';
