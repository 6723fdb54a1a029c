import { anthropic } from './anthropic.js';
import type { Caller } from './caller.js';
import { openai } from './openai.js';

export const CALLERS: readonly Caller[] = [openai, anthropic];
