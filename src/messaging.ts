export { carry, type Envelope } from './messaging/carry.js';
export { consumer, type ConsumerOptions, type ConsumerRunOptions } from './messaging/consumer.js';
export { producer, type ProducerOptions } from './messaging/producer.js';
export type { Relation } from './messaging/origin.js';
export type { AgentId, AgentReference, RuntimeDestination, TopicId } from './messaging/runtime-destination.js';
export type { RuntimeMessage } from './messaging/runtime-names.js';
export {
  createRuntimeTracing,
  type RuntimeOperation,
  type RuntimeTraceOptions,
  type RuntimeTracing,
  type RuntimeTracingOptions,
} from './messaging/runtime-tracing.js';
