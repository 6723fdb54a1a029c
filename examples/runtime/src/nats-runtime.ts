import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy, type JsMsg } from '@nats-io/jetstream';
import { connect, createInbox, headers, nanos, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { carry, type RuntimeTracing } from 'decotel/messaging';
import { subscriber, type Agent, type AgentId, type Message, type Runtime, type TopicId } from './runtime.js';

const STREAM = 'AGENTS';
const REPLY_TO = 'Reply-To';
/** After which a request is delivered again if its worker gave no sign of life. */
const ACK_WAIT_MS = 1000;

interface Request {
  readonly to: AgentId;
  readonly from: AgentId | undefined;
  readonly message: Message;
}

/**
 * A runtime of many processes. Requests go through a work queue of JetStream, which delivers them again when a worker
 * dies; topics are plain NATS. Headers carry the trace.
 */
export class NatsRuntime implements Runtime {
  private constructor(
    private readonly nats: NatsConnection,
    private readonly tracing: RuntimeTracing,
    /** Sends the spans that have ended. */
    private readonly flush: () => Promise<void>,
  ) {}

  static async connect(url: string, tracing: RuntimeTracing, flush: () => Promise<void>): Promise<NatsRuntime> {
    const nats = await connect({ servers: url });
    const manager = await jetstreamManager(nats);
    await manager.streams.add({ name: STREAM, subjects: ['agents.>'], retention: RetentionPolicy.Workqueue });
    return new NatsRuntime(nats, tracing, flush);
  }

  send(to: AgentId, message: Message, from?: AgentId): Promise<unknown> {
    return this.tracing.trace('send', to, { message: { type: message.type } }, async () => {
      const inbox = createInbox();
      const replies = this.nats.subscribe(inbox, { max: 1 });
      const withTrace = carry(headers());
      withTrace.set(REPLY_TO, inbox);
      const request: Request = { to, from, message };
      await jetstream(this.nats).publish(`agents.${to.type}`, JSON.stringify(request), { headers: withTrace });
      for await (const reply of replies) {
        return this.tracing.trace('ack', to, { from: reply, as: 'link' }, () => reply.json<unknown>());
      }
      throw new Error(`the connection was closed before ${to.type} replied`);
    });
  }

  async publish(topic: TopicId, message: Message): Promise<void> {
    this.tracing.trace('publish', topic, { message: { type: message.type } }, () => {
      this.nats.publish(`topics.${topic.type}.${topic.source}`, JSON.stringify(message), { headers: carry(headers()) });
    });
  }

  /** Handles the requests to agents of a type, one after the other. */
  async serve(type: string, agent: Agent): Promise<void> {
    const manager = await jetstreamManager(this.nats);
    await manager.consumers.add(STREAM, {
      durable_name: type,
      filter_subject: `agents.${type}`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
    });
    const consumer = await jetstream(this.nats).consumers.get(STREAM, type);
    const requests = await consumer.consume({ max_messages: 1 });
    void (async () => {
      for await (const request of requests) await this.handle(request, agent);
    })();
  }

  /** Hears what is published to topics of a type. */
  subscribe(topicType: string, agentType: string, agent: Agent): void {
    const published = this.nats.subscribe(`topics.${topicType}.*`);
    void (async () => {
      for await (const message of published) {
        const [, , source = ''] = message.subject.split('.');
        const to = subscriber(agentType, { type: topicType, source });
        await this.tracing.trace('process', to, { from: message, as: 'link' }, () =>
          agent.handle(message.json<Message>()),
        );
      }
    })();
  }

  async close(): Promise<void> {
    await this.nats.drain();
  }

  private async handle(request: JsMsg, agent: Agent): Promise<void> {
    const { to, from, message } = request.json<Request>();
    const known = { type: message.type, id: String(request.seq), attempt: request.info.deliveryCount };
    // Sent before the work is begun: of a worker that is killed, this is what remains.
    this.tracing.trace('receive', to, { from: request, message: known }, () => undefined);
    await this.flush();
    const alive = setInterval(() => request.working(), ACK_WAIT_MS / 3);
    try {
      const body = { ...known, sender: from, recipient: to, body: message };
      await this.tracing.trace('process', to, { from: request, message: body }, async () => {
        const answer = await agent.handle(message);
        this.reply(request.headers, answer);
      });
      request.ack();
    } catch {
      // The span has the error; the queue delivers again.
      request.nak();
    } finally {
      clearInterval(alive);
    }
  }

  private reply(asked: MsgHdrs | undefined, answer: unknown): void {
    const inbox = asked?.get(REPLY_TO) ?? '';
    if (inbox !== '') this.nats.publish(inbox, JSON.stringify(answer), { headers: carry(headers()) });
  }
}
