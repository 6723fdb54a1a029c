import {
  GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS,
  GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
} from '../semconv/gen-ai.js';
import { interactionContents } from './google-interaction.js';
import { googleMessage, googleMessages, isContent, partsIn } from './google-part.js';
import { asList, asRecord, asText, hasOwn, own, type Json } from './json.js';
import type { RequestReading } from './provider.js';
import { readRequest } from './request.js';
import { toolDefinitions } from './tool-definition.js';
import { wireNames } from './wire-names.js';

/**
 * `{ model, contents, config }` of the SDK's methods, `{ model, input, generation_config }` of interactions, or the body
 * of the REST API. OpenAI's and others' requests have an `input` too.
 */
export function readGoogleRequest(value: object, isCertain = false): RequestReading | undefined {
  // Only own members: an inherited getter may start something.
  const { contents, input, config, generationConfig, generation_config, ...body } = { ...value } as Json;
  const isOurs =
    contents === undefined
      ? input !== undefined && (isCertain || generation_config !== undefined)
      : isCertain || body['model'] !== undefined || asList(contents).some(isContent);
  if (!isOurs) return undefined;
  const settings = wireNames({ ...body, ...asRecord(config ?? generationConfig ?? generation_config) }, 1) as Json;
  const isEmbedding = contents !== undefined && isEmbeddingsRequest(settings);
  const { candidate_count: n, system_instruction, response_mime_type, response_format } = settings;
  const mime = asText(response_mime_type ?? own(response_format, 'mime_type')) ?? '';
  const system = partsIn(system_instruction ?? []);
  return {
    ...readRequest(
      isEmbedding ? GEN_AI_OPERATION_NAME_VALUE_EMBEDDINGS : GEN_AI_OPERATION_NAME_VALUE_GENERATE_CONTENT,
      { ...settings, n, system, response_format: { type: /json$|^text/.exec(mime)?.[0] } },
      // Each content is embedded by itself.
      () =>
        isEmbedding && Array.isArray(contents)
          ? contents.map(googleMessage)
          : googleMessages(contents ?? interactionContents(input)),
    ),
    toolDefinitions: () => toolDefinitions({ tools: asList(settings['tools']).flatMap(toolsOf) }),
  };
}

function isEmbeddingsRequest(settings: Json): boolean {
  if (hasOwn(settings, 'task_type') || hasOwn(settings, 'output_dimensionality')) return true;
  return /embed/i.test(asText(settings['model']) ?? '');
}

/** `{ functionDeclarations: […] }`, a tool of Google's own: `{ googleSearch: {} }`, or with a `type` of interactions. */
function toolsOf(tool: unknown): readonly unknown[] {
  if (hasOwn(tool, 'type')) return [tool];
  return Object.entries(asRecord(tool) ?? {}).flatMap(([type, value]): unknown[] => {
    if (!type.startsWith('function')) return asRecord(value) === undefined ? [] : [{ type }];
    return [...asList(value)];
  });
}
