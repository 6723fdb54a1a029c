import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { factsOf } from './facts.mjs';
import { eventually, freePort, run, serve } from './process.mjs';

/** Newer ones need a module that the Go proxy did not have when this was written. */
const VERSION = 'v0.158.0';

/** An OpenTelemetry Collector of the OTLP receiver and the file exporter, built by its own builder. */
export const collector = {
  name: `OpenTelemetry Collector ${VERSION}`,

  async prepare(folder) {
    const binary = join(folder, 'collector', 'otelcol');
    if (existsSync(binary)) return;
    await mkdir(folder, { recursive: true });
    const config = join(folder, 'builder.yaml');
    const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib';
    await writeFile(
      config,
      `dist: { name: otelcol, output_path: ${join(folder, 'collector')} }
receivers: [{ gomod: go.opentelemetry.io/collector/receiver/otlpreceiver ${VERSION} }]
exporters: [{ gomod: ${contrib}/exporter/fileexporter ${VERSION} }]
`,
    );
    const environment = { ...process.env, GOBIN: folder };
    run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@${VERSION}`], { env: environment });
    run(join(folder, 'builder'), ['--config', config]);
  },

  async start(folder) {
    const port = await freePort();
    const file = join(folder, 'spans.json');
    await rm(file, { force: true });
    const config = join(folder, 'collector.yaml');
    await writeFile(
      config,
      `receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:${port}' } } } }
exporters: { file: { path: ${file}, flush_interval: 200ms } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [file] } }
`,
    );
    const url = `http://127.0.0.1:${port}`;
    const stop = await serve(join(folder, 'collector', 'otelcol'), ['--config', config], { url });
    return { stop, sends: [{ destination: 'otlp', given: [{ url }] }], read: (traceId) => readFileOf(file, traceId) };
  },
};

function readFileOf(file, traceId) {
  return eventually(async () => {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const spans = lines
      .flatMap((line) => JSON.parse(line).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      .filter((span) => span.traceId === traceId);
    if (!spans.some((span) => !span.parentSpanId)) return undefined;
    return spans.map((span) =>
      factsOf({ id: span.spanId, parent: span.parentSpanId, name: span.name, attributes: plain(span.attributes) }),
    );
  });
}

/** Attributes of OTLP's JSON. */
export function plain(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value) {
  const [[type, held]] = Object.entries(value);
  if (type === 'intValue') return Number(held);
  return type === 'arrayValue' ? (held.values ?? []).map(valueOf) : held;
}
