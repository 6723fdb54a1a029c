import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { chunks, completion } from './workloads.mjs';

/** Takes ended spans and does nothing with them: the caller's path is measured, not the export. */
const sink = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };

class Bare {
  async chat(_body) {
    return completion();
  }
  stream(count) {
    return chunks(count);
  }
  tool(isbn) {
    return { isbn, title: 'Dune' };
  }
  large(history) {
    return history.length;
  }
  /** Two model calls and four tools below one agent. */
  async agent(question) {
    await this.chat({ model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] });
    for (let index = 0; index < 4; index++) this.tool(String(index));
    const answer = await this.chat({ model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] });
    return answer.choices[0].message.content;
  }
}

/** As a careful person writes it by hand: 15 attributes, the context kept, errors recorded, no content. */
class Raw extends Bare {
  tracer = trace.getTracer('raw');

  chat(body) {
    return this.model('chat', body, () => super.chat(body));
  }

  async model(name, body, call) {
    const span = this.tracer.startSpan(name, {
      kind: SpanKind.CLIENT,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': body.model,
        'gen_ai.request.temperature': body.temperature,
        'gen_ai.request.max_tokens': body.max_completion_tokens,
        'server.address': 'api.openai.com',
        'server.port': 443,
      },
    });
    try {
      const answer = await context.with(trace.setSpan(context.active(), span), call);
      this.finish(span, answer);
      return answer;
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  finish(span, { id, model, choices, usage }) {
    span.setAttributes({
      'gen_ai.response.id': id,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': choices.map((choice) => choice.finish_reason),
      'gen_ai.usage.input_tokens': usage.prompt_tokens,
      'gen_ai.usage.output_tokens': usage.completion_tokens,
      'gen_ai.usage.cache_read.input_tokens': usage.prompt_tokens_details.cached_tokens,
      'gen_ai.usage.reasoning.output_tokens': usage.completion_tokens_details.reasoning_tokens,
      'code.function.name': 'Raw.chat',
    });
  }

  fail(span, error) {
    span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  }

  async *stream(count) {
    const span = this.tracer.startSpan('stream', {
      kind: SpanKind.CLIENT,
      attributes: { 'gen_ai.operation.name': 'chat' },
    });
    try {
      let newest;
      for await (const chunk of chunks(count)) {
        newest = chunk;
        yield chunk;
      }
      this.finish(span, newest);
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  tool(isbn) {
    return this.wrap('tool', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'tool' }, () =>
      super.tool(isbn),
    );
  }

  large(history) {
    return this.wrap('large', { 'gen_ai.operation.name': 'chat' }, () => super.large(history));
  }

  wrap(name, attributes, call) {
    const span = this.tracer.startSpan(name, { attributes });
    try {
      return context.with(trace.setSpan(context.active(), span), call);
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  async agent(question) {
    const span = this.tracer.startSpan('agent', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } });
    try {
      return await context.with(trace.setSpan(context.active(), span), () => super.agent(question));
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }
}

function registerSdk() {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [sink] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

async function decorated(configured) {
  const { agent, tool, withOtel } = await import('../dist/esm/index.js');
  if (configured) {
    const { configure } = await import('../dist/esm/configure.js');
    configure({ processors: [sink] });
  }
  class Decorated extends Bare {}
  const { prototype } = Bare;
  const define = (name, decorator) =>
    Object.defineProperty(Decorated.prototype, name, { value: decorator(prototype[name]) });
  define('chat', withOtel());
  define('stream', withOtel());
  define('tool', tool());
  define('large', withOtel());
  define('agent', agent());
  return new Decorated();
}

export const SUBJECTS = {
  bare: () => new Bare(),
  'raw-otel': () => {
    registerSdk();
    return new Raw();
  },
  decotel: () => decorated(true),
  unconfigured: () => decorated(false),
};
