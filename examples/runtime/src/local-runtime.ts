import { carry, type Envelope, type RuntimeTracing } from 'decotel/messaging';
import { subscriber, type Agent, type AgentId, type Message, type Runtime, type TopicId } from './runtime.js';

type Task = () => Promise<unknown>;

/**
 * A runtime within one process: messages wait in a queue and are delivered in turn, outside of the code that sent them,
 * so that each carries its trace in an envelope, as between processes.
 */
export class LocalRuntime implements Runtime {
  private readonly agents = new Map<string, Agent>();
  private readonly subscriptions: { topic: string; agent: string }[] = [];
  private readonly queue: Task[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private wake: () => void = () => undefined;
  private isStopped = false;
  private readonly delivery: Promise<void>;

  constructor(private readonly tracing: RuntimeTracing) {
    this.delivery = this.deliver();
  }

  register(type: string, agent: Agent, ...topics: string[]): void {
    this.agents.set(type, agent);
    for (const topic of topics) this.subscriptions.push({ topic, agent: type });
  }

  async publish(topic: TopicId, message: Message, from?: AgentId): Promise<void> {
    const envelope = this.tracing.trace('create', topic, { message: { type: message.type } }, () =>
      carry<Envelope>({}),
    );
    this.enqueue(() =>
      this.tracing.trace('publish', topic, { from: envelope }, () =>
        Promise.all(
          this.subscriptions
            .filter((subscription) => subscription.topic === topic.type)
            .map(({ agent }) => this.process(subscriber(agent, topic), message, envelope, { from, topic })),
        ),
      ),
    );
  }

  send(to: AgentId, message: Message, from?: AgentId): Promise<unknown> {
    // The span of the message stays open until the reply is there.
    return this.tracing.trace('create', to, { message: { type: message.type } }, () => {
      const envelope = carry<Envelope>({});
      return new Promise((resolve, reject) => {
        this.enqueue(() => this.request(to, message, envelope, from).then(resolve, reject));
      });
    });
  }

  /** Delivers what waits, then ends. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.delivery;
  }

  private async request(to: AgentId, message: Message, envelope: Envelope, from?: AgentId): Promise<unknown> {
    const { reply, answered } = await this.tracing.trace('send', to, { from: envelope }, async () => {
      const answer = await this.process(to, message, envelope, { from, isRequest: true });
      return { reply: answer, answered: carry<Envelope>({}) };
    });
    return new Promise((resolve) => {
      this.enqueue(async () => {
        const acknowledged = { type: typeof reply };
        resolve(this.tracing.trace('ack', to, { from: answered, message: acknowledged }, () => reply));
      });
    });
  }

  /** Below the span that delivers, with a link to the message. */
  private process(
    to: AgentId,
    message: Message,
    envelope: Envelope,
    { from, topic, isRequest }: { from: AgentId | undefined; topic?: TopicId; isRequest?: boolean },
  ): Promise<unknown> {
    const agent = this.agents.get(to.type);
    if (agent === undefined) throw new Error(`no agent of type ${to.type} is registered`);
    const recipient = { ...to, class: agent.constructor.name };
    const known = { sender: from, recipient, topic, isRequest, body: message };
    return this.tracing.trace('process', to, { from: envelope, as: 'link', message: known }, () =>
      agent.handle(message),
    );
  }

  private enqueue(task: Task): void {
    this.queue.push(task);
    this.wake();
  }

  private async deliver(): Promise<void> {
    for (;;) {
      const task = this.queue.shift();
      if (task !== undefined) {
        const work = task().catch((error: unknown) => {
          process.stderr.write(`a message could not be delivered: ${String(error)}\n`);
        });
        this.running.add(work);
        void work.then(() => this.running.delete(work));
      } else if (this.running.size > 0) {
        await Promise.race([...this.running, this.nextTask()]);
      } else if (this.isStopped) return;
      else await this.nextTask();
    }
  }

  private nextTask(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
