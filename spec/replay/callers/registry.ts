import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import type { Caller } from './caller.js';
import { cohere } from './cohere.js';
import { google } from './google.js';
import { groq } from './groq.js';
import { mistral } from './mistral.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';

export const CALLERS: readonly Caller[] = [openai, anthropic, google, groq, bedrock, ollama, mistral, cohere];
