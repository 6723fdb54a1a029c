import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as parser from '@typescript-eslint/parser';
import { Linter } from 'eslint';
import { root } from './markdown.js';

const RULE = 'no-restricted-imports';

interface Override {
  files: string[];
  rules?: Record<string, Linter.RuleEntry>;
}

describe('the rooms', () => {
  const { overrides } = JSON.parse(readFileSync(join(root, '.eslintrc.json'), 'utf8')) as { overrides: Override[] };
  const ruleOf = (files: string) =>
    overrides.filter((override) => override.files.includes(files)).at(-1)?.rules?.[RULE] ?? 'off';

  it('each say in .eslintrc.json what they may import', () => {
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unguarded = rooms.filter((room) => ruleOf(`src/${room.name}/**/*.ts`) === 'off');
    expect(unguarded.map((room) => room.name)).toEqual([]);
  });

  const linter = new Linter({ configType: 'eslintrc' });
  linter.defineParser('typescript', parser);
  const refusals = (files: string, code: string) =>
    linter.verify(code, {
      parser: 'typescript',
      parserOptions: { sourceType: 'module', ecmaVersion: 2022 },
      rules: { [RULE]: ruleOf(files) },
    });

  it.each([
    ['src/core/**/*.ts', "import type { Run } from '../spans/run.js'"],
    ['src/core/**/*.ts', "import { diag } from '@opentelemetry/api'"],
    ['src/semconv/**/*.ts', "import { record } from '../core/record.js'"],
    ['src/providers/**/*.ts', "import { genAi } from '../dialects/gen-ai.js'"],
    ['src/providers/**/*.ts', "import OpenAI from 'openai'"],
    ['src/dialects/**/*.ts', "import { trace } from '@opentelemetry/api'"],
    ['src/spans/**/*.ts', "import { openaiChat } from '../providers/openai-chat.js'"],
    ['src/spans/**/*.ts', "import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'"],
    ['src/destinations/**/*.ts', "import { tool } from '../decorators/tool.js'"],
    ['src/*.ts', "export { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'"],
  ])('refuse in %s: %s', (files, code) => {
    expect(refusals(files, code)).toEqual([expect.objectContaining({ ruleId: RULE })]);
  });

  it.each([
    ['src/core/**/*.ts', "import { ATTR_ERROR_TYPE } from '../semconv/core.js'"],
    ['src/core/report.ts', "import { diag } from '@opentelemetry/api'"],
    ['src/providers/**/*.ts', "import type { ChatCompletion } from 'openai/resources'"],
    ['src/dialects/**/*.ts', "import type { Attributes } from '@opentelemetry/api'"],
    ['src/spans/**/*.ts', "import { providers } from '../providers/registry.js'"],
    ['src/*.ts', "export { tool } from './decorators/tool.js'"],
  ])('allow in %s: %s', (files, code) => {
    expect(refusals(files, code)).toEqual([]);
  });
});
