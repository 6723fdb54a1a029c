export { CapturedAttributes, Content, content, jsonContent } from './core/content.js';
export type { CapturedValue, ContentKind } from './core/content.js';
export type { CallRecord } from './core/record.js';
export type { Dialect, DialectEvent, Rendering } from './dialects/dialect.js';
export { genAi } from './dialects/gen-ai.js';
