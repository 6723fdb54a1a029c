import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './python.mjs';
import { factsOf } from './facts.mjs';
import { eventually, freePort, serve } from './process.mjs';

const VERSION = '3.17.2';
/** The one that a new server has. */
const EXPERIMENT = '0';

/** An MLflow server with a database of its own. */
export const mlflow = {
  name: `MLflow ${VERSION}`,

  prepare(folder) {
    install(join(folder, 'mlflow'), `mlflow==${VERSION}`);
  },

  async start(folder) {
    const programs = install(join(folder, 'mlflow'), `mlflow==${VERSION}`);
    const store = await mkdtemp(join(tmpdir(), 'mlflow-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    args.push(
      '--backend-store-uri',
      `sqlite:///${store}/mlflow.db`,
      '--artifacts-destination',
      join(store, 'artifacts'),
    );
    const environment = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', PATH: `${programs}:${process.env.PATH}` };
    const stop = await serve(join(programs, 'mlflow'), args, { url: `${url}/health`, cwd: store, env: environment });
    return {
      stop,
      sends: [
        { destination: 'backend', given: ['mlflow', { url, experimentId: EXPERIMENT }] },
        { destination: 'otlp', given: [{ url, headers: { 'x-mlflow-experiment-id': EXPERIMENT } }] },
      ],
      read: (traceId) => readBack(url, traceId),
    };
  },
};

function readBack(url, traceId) {
  return eventually(async () => {
    const answer = await fetch(`${url}/api/3.0/mlflow/traces/get?trace_id=tr-${traceId}`);
    if (!answer.ok) return undefined;
    const { trace } = await answer.json();
    const spans = trace.spans ?? [];
    if (!spans.some((span) => span.parent_span_id === undefined)) return undefined;
    return spans.map((span) =>
      factsOf({
        id: hex(span.span_id),
        parent: span.parent_span_id === undefined ? null : hex(span.parent_span_id),
        name: span.name,
        attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, valueOf(value)])),
      }),
    );
  });
}

function hex(base64) {
  return Buffer.from(base64, 'base64').toString('hex');
}

/** Attributes as MLflow gives them: JSON that it could parse has become a list of pairs. */
function valueOf(value) {
  const [[type, held]] = Object.entries(value);
  if (type === 'int_value') return Number(held);
  if (type === 'array_value') return (held.values ?? []).map(valueOf);
  if (type === 'kvlist_value')
    return Object.fromEntries((held.values ?? []).map((one) => [one.key, valueOf(one.value)]));
  return held;
}
