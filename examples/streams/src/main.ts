const PROGRAMS = [
  'openai-stream',
  'anthropic-message-stream',
  'node-readable',
  'web-readable-stream',
  'fastify-disconnect',
];

const [name = ''] = process.argv.slice(2);
if (PROGRAMS.includes(name)) await import(`./${name}.js`);
else {
  process.stderr.write(`npm run example -- NAME, where NAME is one of ${PROGRAMS.join(', ')}\n`);
  process.exitCode = 1;
}
