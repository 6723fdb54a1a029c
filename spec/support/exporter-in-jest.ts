import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The OTLP exporter loads `http` by `import()`, which Jest only allows with an experimental flag of Node. Import this
 * file before anything that loads the exporter: it replaces the `import()` in the exporter's two files by `require`.
 */
const root = dirname(require.resolve('@opentelemetry/otlp-exporter-base'));

for (const file of ['transport/http-exporter-transport.js', 'configuration/otlp-node-http-configuration.js']) {
  const path = join(root, file);
  jest.doMock(path, () => {
    const source = readFileSync(path, 'utf8').replace(/\bimport\(('\w+')\)/g, 'Promise.resolve(require($1))');
    const loaded = { exports: {} };
    const load = (name: string): unknown => require(name.startsWith('.') ? join(dirname(path), name) : name);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    new Function('require', 'module', 'exports', source)(load, loaded, loaded.exports);
    return loaded.exports;
  });
}
