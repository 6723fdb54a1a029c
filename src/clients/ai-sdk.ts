import { observeCall } from '../spans/observe-call.js';

interface Middleware {
  readonly specificationVersion: 'v3';
  wrapGenerate<Result>(call: ModelCall & { doGenerate: () => PromiseLike<Result> }): Promise<Result>;
  wrapStream<Result>(call: ModelCall & { doStream: () => PromiseLike<Result> }): Promise<Result>;
}

interface ModelCall {
  params: object;
  model: object;
}

/**
 * A middleware for `wrapLanguageModel()` of the AI SDK 5, 6 and 7: each call of the model is recorded, as with
 * `observe(model)`.
 *
 * @example
 * const model = wrapLanguageModel({ model: openai('gpt-5-mini'), middleware: languageModelMiddleware });
 */
export const languageModelMiddleware: Middleware = {
  specificationVersion: 'v3',
  wrapGenerate: ({ params, model, doGenerate }) => see(params, model, false, doGenerate),
  wrapStream: ({ params, model, doStream }) => see(params, model, true, doStream),
};

interface Telemetry {
  executeLanguageModelCall<Result>(call: LanguageModelCall & { execute: () => PromiseLike<Result> }): Promise<Result>;
}

/** The event of a call that is about to be made, with the settings beside its content. */
interface LanguageModelCall {
  provider?: string;
  modelId?: string;
  instructions?: unknown;
  messages?: readonly unknown[];
}

/**
 * A telemetry integration for the AI SDK 7: with `registerTelemetry(telemetryIntegration)` every model call of
 * `generateText`, `streamText` and agents is recorded, whatever the model; in `telemetry.integrations`, those of one call.
 *
 * @example
 * registerTelemetry(telemetryIntegration);
 */
export const telemetryIntegration: Telemetry = {
  executeLanguageModelCall({ execute, ...event }) {
    const { provider, modelId, instructions, messages = [] } = event;
    const body = { ...event, prompt: [...systemMessages(instructions), ...messages] };
    return see(body, { provider, modelId, doGenerate: execute }, false, execute);
  },
};

/** One text, one message or several. */
function systemMessages(instructions: unknown): unknown[] {
  if (instructions === undefined) return [];
  if (typeof instructions === 'string') return [{ role: 'system', content: instructions }];
  return Array.isArray(instructions) ? (instructions as unknown[]) : [instructions];
}

function see<Result>(
  body: object,
  client: object,
  streams: boolean,
  invoke: () => PromiseLike<Result>,
): Promise<Result> {
  return observeCall({ body, client, streams }, invoke) as Promise<Result>;
}
