export { builtInProviders } from './providers/registry.js';
export type {
  EmitterEvent,
  EmitterSeam,
  Fold,
  Provider,
  RequestReading,
  ResponseReading,
  Seam,
} from './providers/provider.js';
export type { RequestRecord, RetrievedDocument, Usage } from './core/record.js';
export type { Message, OutputMessage, Part, ToolDefinition } from './core/messages.js';
