/** An agent of a runtime: its type, and which one of that type. */
export interface AgentId {
  type: string;
  key: string;
}

/** A topic: its type, and whose it is. */
export interface TopicId {
  type: string;
  source: string;
}

/** An agent as sender or recipient of a message, with the class that it is of. */
export interface AgentReference extends AgentId {
  class?: string;
}

/** Where a message goes: an agent, a topic, a name as it is, or nowhere in particular. */
export type RuntimeDestination = AgentId | TopicId | string | undefined;

/** `{type}.({key})-A` of an agent, `{type}.({source})-T` of a topic. */
export function destinationName(destination: RuntimeDestination): string {
  if (destination == null || typeof destination === 'string') return destination ?? '';
  const { type } = destination;
  return 'source' in destination ? `${type}.(${destination.source})-T` : `${type}.(${destination.key})-A`;
}

/** `{type}/{key}` of an agent, `{type}/{source}` of a topic. */
export function addressOf(destination: AgentId | TopicId | string): string {
  if (typeof destination === 'string') return destination;
  return `${destination.type}/${'source' in destination ? destination.source : destination.key}`;
}
