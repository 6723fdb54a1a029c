import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, root } from '../package/markdown.js';
import { runProgram } from '../package/program.js';
import { shapeOf } from '../support/shape-of.js';

const folder = 'examples/streams';
const source = (name: string): string => readFileSync(join(root, folder, 'src', `${name}.ts`), 'utf8');
const programs = readdirSync(join(root, folder, 'src'))
  .map((file) => file.replace('.ts', ''))
  .filter((name) => name !== 'main' && !name.startsWith('loopback-'));

/** As if the program stood in the repository's root. */
function run(program: string): ReturnType<typeof runProgram> {
  return runProgram(program.replaceAll("'./", `'./${folder}/src/`).replaceAll("'../../", "'./examples/"), 'standard');
}

describe('the examples of streams', () => {
  const shown = new Map(
    codeBlocks(`${folder}/README.md`).flatMap(({ language, text }, index, blocks) => {
      const name = /^npm run example -- (\S+)$/m.exec(text)?.[1];
      return language === 'sh' && name !== undefined ? [[name, blocks[index + 1]?.text ?? ''] as const] : [];
    }),
  );
  let runs: Map<string, ReturnType<typeof runProgram>>;

  beforeAll(() => {
    runs = new Map(programs.map((name) => [name, run(source(name))]));
  });

  it('are all shown on their page and known to the program that starts them', () => {
    expect([...shown.keys()].sort()).toEqual([...programs].sort());
    expect(programs.filter((name) => !source('main').includes(`'${name}'`))).toEqual([]);
  });

  it.each(programs)(
    '%s ends by itself and prints what the page shows',
    async (name) => {
      const { code, stdout, stderr } = (await runs.get(name)) ?? {};
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(halfShape(stdout ?? '')).toBe(halfShape(shown.get(name) ?? ''));
    },
    30_000,
  );

  it('end the span of a client that disconnects there and then, with what had arrived', async () => {
    const { code, stdout } = await run(source('fastify-disconnect').replaceAll('consoleTree', 'consoleJson'));
    expect(code).toBe(0);
    const [text = '', ...spans] = stdout.split(/^(?=\{$)/m);
    expect(spans).toHaveLength(1);
    const { name, status, attributes } = JSON.parse(spans[0] ?? '') as {
      name: string;
      status: { status_code: string };
      attributes: Record<string, unknown>;
    };
    expect([name, status.status_code]).toEqual(['recommend', 'UNSET']);
    expect(attributes).toMatchObject({
      'decotel.outcome': 'cancelled',
      'gen_ai.request.model': 'claude-sonnet-5',
      'gen_ai.usage.input_tokens': 18,
    });
    expect(attributes['gen_ai.response.finish_reasons']).toBeUndefined();
    const [message] = JSON.parse(String(attributes['gen_ai.output.messages'])) as { parts: { content: string }[] }[];
    const arrived = message?.parts[0]?.content ?? '';
    expect(arrived.startsWith(text.split(' …')[0] ?? 'no text')).toBe(true);
    expect(arrived).not.toContain('wise');
  }, 30_000);
});

/** How much half way is depends on how the network puts the parts together. */
function halfShape(printed: string): string {
  return shapeOf(printed).replace(/^Try .* …/, 'Try …');
}
