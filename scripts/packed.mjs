/**
 * Packs the package, installs the tarball into an empty ESM and an empty CommonJS project, runs a program in each, and
 * type-checks a TypeScript consumer against the packed declarations in both decorator modes. Needs a build.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = require.resolve('typescript/bin/tsc');
const apiVersion = require('../package.json').devDependencies['@opentelemetry/api'];
const failures = [];
let passed = 0;

const ESM_PROGRAM = `
import { tool, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';

const telemetry = configure({ processors: [consoleTree()] });
const lookUp = tool({ name: 'lookUp' })((title) => ({ title, shelf: 'B3' }));
const recommend = withOtel({ name: 'recommend' })(async (title) => lookUp(title).shelf);
console.log('returned', await recommend('Solaris'));
await telemetry.shutdown();
`;

const CJS_PROGRAM = `
const { tool, withOtel } = require('decotel');
const { configure, consoleTree } = require('decotel/configure');

const telemetry = configure({ processors: [consoleTree()] });
const lookUp = tool({ name: 'lookUp' })((title) => ({ title, shelf: 'B3' }));
const recommend = withOtel({ name: 'recommend' })(async (title) => lookUp(title).shelf);
recommend('Solaris')
  .then((shelf) => console.log('returned', shelf))
  .then(() => telemetry.shutdown());
`;

/** The ESM copy sets up, the CommonJS copy decorates. */
const BOTH_PROGRAM = `
import { createRequire } from 'node:module';
import { tool as esmTool } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';

const { withOtel } = createRequire(import.meta.url)('decotel');
if (withOtel === (await import('decotel')).withOtel) throw new Error('one copy only: this program tests two');
const telemetry = configure({ processors: [consoleTree()] });
const lookUp = esmTool({ name: 'lookUp' })((title) => ({ title, shelf: 'B3' }));
const recommend = withOtel({ name: 'recommend' })(async (title) => lookUp(title).shelf);
console.log('returned', await recommend('Solaris'));
await telemetry.shutdown();
`;

const CONSUMER = `
import { agent, definePrompt, promptTemplate, promptText, span, tool, withOtel } from 'decotel';
import { configure, consoleTree } from 'decotel/configure';
import { carry, consumer, producer } from 'decotel/messaging';

const telemetry = configure({ processors: [consoleTree()] });
const recommend = definePrompt('Recommend a {genre} book');
export const text: string = recommend({ genre: 'fantasy' });

export class Librarian {
  @withOtel()
  @promptTemplate('Recommend a {genre} book')
  async recommendBook(genre: string): Promise<string> {
    return promptText({ genre });
  }

  @tool
  lookUp<Title extends string>(title: Title): { title: Title } {
    return { title };
  }

  @agent({ description: 'Answers' })
  async *answer(): AsyncGenerator<string> {
    yield await this.recommendBook('fantasy');
  }

  @producer({ destination: 'orders' })
  order(title: string): { title: string } {
    return carry({ title });
  }

  @consumer({ destination: 'orders', from: (job: { data: object }) => job.data })
  async fetch(job: { data: object }): Promise<object> {
    return job.data;
  }

  @span('stock')
  static count(): number {
    return 3;
  }
}

export const wrapped: (genre: string) => Promise<number> = withOtel({ name: 'x' })(async (genre: string) => genre.length);
export const found: { title: 'Solaris' } = new Librarian().lookUp('Solaris');
export const answers: AsyncGenerator<string> = new Librarian().answer();
export const stopped: Promise<void> = telemetry.shutdown();
`;

const folder = await mkdtemp(join(tmpdir(), 'decotel-packed-'));
try {
  const tarball = await pack();
  const esm = await project('esm', 'module', tarball);
  const cjs = await project('cjs', 'commonjs', tarball);
  await program('an ESM project', esm, 'main.mjs', ESM_PROGRAM);
  await program('a CommonJS project', cjs, 'main.cjs', CJS_PROGRAM);
  await program('the ESM and the CommonJS copy in one process', esm, 'both.mjs', BOTH_PROGRAM);
  await declarations(esm);
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function pack() {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  console.log(`${packed.filename}: ${packed.entryCount} files, ${(packed.size / 1000).toFixed(0)} kB`);
  check('the tarball holds dist, the readme and the licence, and nothing of the sources', () => {
    const paths = packed.files.map((file) => file.path);
    for (const path of ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json']) {
      if (!paths.includes(path)) throw new Error(`${path} is not in it`);
    }
    const foreign = paths.filter((path) => path.includes('/') && !path.startsWith('dist/'));
    if (foreign.length > 0) throw new Error(`it also holds ${foreign.join(', ')}`);
  });
  return join(folder, packed.filename);
}

async function project(name, type, tarball) {
  const place = join(folder, name);
  await mkdir(place);
  await writeFile(join(place, 'package.json'), JSON.stringify({ name, private: true, type }));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, `@opentelemetry/api@${apiVersion}`], place);
  return place;
}

async function program(title, place, file, text) {
  await writeFile(join(place, file), text);
  check(`runs in ${title}`, () => {
    const printed = run(process.execPath, [file], place);
    console.log(printed.trimEnd());
    const lines = printed.split('\n');
    if (!lines.includes('returned B3')) throw new Error(`the program's own output is missing:\n${printed}`);
    const parent = lines.findIndex((line) => line.includes('recommend'));
    const child = lines.findIndex((line) => line.includes('lookUp'));
    if (parent < 0 || child <= parent) throw new Error(`expected recommend with lookUp below it:\n${printed}`);
  });
}

/** The compiler's own libraries and Node's types are the ones of this repository; everything else is the packed one. */
async function declarations(place) {
  await writeFile(join(place, 'consumer.ts'), CONSUMER);
  await cp(join(root, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'), { recursive: true });
  await cp(join(root, 'node_modules/undici-types'), join(place, 'node_modules/undici-types'), { recursive: true });
  const modules = [
    ['--module', 'nodenext'],
    ['--module', 'node16'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ];
  for (const experimental of [true, false]) {
    for (const options of modules) {
      const mode = experimental ? 'legacy' : 'standard';
      check(`type-checks with ${mode} decorators, ${options.join(' ')}`, () => {
        const decorators = ['--experimentalDecorators', String(experimental)];
        const common = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--types', 'node'];
        run(process.execPath, [compiler, ...common, ...decorators, ...options, 'consumer.ts'], place);
      });
    }
  }
}

function check(title, body) {
  try {
    body();
    passed += 1;
    console.log(`ok      ${title}`);
  } catch (failure) {
    failures.push(`FAILED  ${title}: ${failure.message}`);
  }
}

function npm(parameters, cwd) {
  return run('npm', ['--loglevel=error', ...parameters], cwd);
}

function run(command, parameters, cwd) {
  try {
    return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (failure) {
    throw new Error(`${command} ${parameters.join(' ')}\n${failure.stdout}${failure.stderr}`);
  }
}
