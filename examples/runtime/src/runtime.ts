import type { AgentId, TopicId } from 'decotel/messaging';

export type { AgentId, TopicId };

/** Whatever agents say to each other, as JSON. */
export interface Message {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Carries messages between agents, in one process or between many. */
export interface Runtime {
  /** Sends a request and waits for the agent's reply. */
  send(to: AgentId, message: Message, from?: AgentId): Promise<unknown>;
  /** Tells everyone who is subscribed to the topic, and waits for nobody. */
  publish(topic: TopicId, message: Message, from?: AgentId): Promise<void>;
}

export interface Agent {
  handle(message: Message): Promise<unknown>;
}

/** Each agent of a type that is subscribed to a topic has the topic's source as its key. */
export function subscriber(type: string, topic: TopicId): AgentId {
  return { type, key: topic.source };
}
