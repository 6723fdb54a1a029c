export { languageModelMiddleware, telemetryIntegration } from './clients/ai-sdk.js';
