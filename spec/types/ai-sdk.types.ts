/** Checked by `tsc`, never run: the entry imports no version of the AI SDK, and fits the types of each. */
import { createOpenAI } from '@ai-sdk/openai';
import { wrapLanguageModel, type LanguageModel } from 'ai';
import { createOpenAI as createOpenAIV2 } from 'ai-sdk-openai-v2';
import { createOpenAI as createOpenAIV4 } from 'ai-sdk-openai-v4';
import { wrapLanguageModel as wrapLanguageModelV2, type LanguageModelMiddleware as MiddlewareV2 } from 'ai-v5';
import { registerTelemetry, wrapLanguageModel as wrapLanguageModelV4, type Telemetry } from 'ai-v7';
import { languageModelMiddleware, telemetryIntegration } from '../../src/ai-sdk.js';
import { observe } from '../../src/clients/observe.js';

export const middleware: MiddlewareV2 = languageModelMiddleware;
export const integration: Telemetry = telemetryIntegration;
export const observed: LanguageModel = observe(createOpenAI()('gpt-5-mini'));

wrapLanguageModelV2({ model: createOpenAIV2()('gpt-5-mini'), middleware: languageModelMiddleware });
wrapLanguageModel({ model: createOpenAI()('gpt-5-mini'), middleware: languageModelMiddleware });
wrapLanguageModelV4({ model: createOpenAIV4()('gpt-5-mini'), middleware: [languageModelMiddleware] });
registerTelemetry(telemetryIntegration);
