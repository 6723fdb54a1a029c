import { oneOf, text, type OptionRule } from './check-options.js';

/** What each backend takes beside the options of every destination. Keys default to the variable in the table below. */
export interface BackendOptions {
  braintrust: {
    apiKey?: string;
    region?: 'us' | 'eu';
    /** `project_name:library`, `project_id:…` or `experiment_id:…`. */
    parent?: string;
  };
  datadog: {
    apiKey?: string;
    /** Default `DD_SITE`, else `datadoghq.com`. */
    site?: string;
  };
  'grafana-cloud': {
    /** As in the host's name: `eu-west-2`. */
    region?: string;
    instanceId?: string;
    /** With the scope `traces:write`. */
    token?: string;
  };
  honeycomb: {
    apiKey?: string;
    region?: 'us' | 'eu';
    /** Classic environments only. */
    dataset?: string;
  };
  hyperdx: { apiKey?: string };
  /** On this machine, unless `url` says otherwise. */
  jaeger: object;
  laminar: { apiKey?: string };
  langsmith: {
    apiKey?: string;
    region?: 'us' | 'eu' | 'apac' | 'aws';
    /** Default `LANGSMITH_PROJECT`. */
    project?: string;
  };
  logfire: { token?: string; region?: 'us' | 'eu' };
  /** On this machine, unless `url` says otherwise. */
  mlflow: {
    /** Default `MLFLOW_EXPERIMENT_ID`, else 0, MLflow's own. */
    experimentId?: string;
  };
  'new-relic': {
    /** The license key. */
    apiKey?: string;
    region?: 'us' | 'eu';
  };
  opik: {
    apiKey?: string;
    /** Default `OPIK_WORKSPACE`. */
    workspace?: string;
    /** Default `OPIK_PROJECT_NAME`. */
    project?: string;
  };
  signoz: { ingestionKey?: string; region?: 'us' | 'eu' | 'in' };
  /** On this machine, unless `url` says otherwise. */
  tempo: {
    /** Where Tempo has several tenants. */
    tenant?: string;
  };
  traceloop: { apiKey?: string };
  uptrace: { dsn?: string };
  weave: { apiKey?: string; entity?: string; project?: string };
}

export type BackendName = keyof BackendOptions;

/** A value of an option, from the options or its variable. */
export type Given<N extends BackendName> = { readonly [K in keyof BackendOptions[N]]?: string };

export interface Backend<N extends BackendName> {
  readonly options: { readonly [K in keyof BackendOptions[N]]-?: Option };
  readonly url: string | ((given: Given<N>) => string);
  readonly headers?: (given: Given<N>) => Record<string, string | undefined>;
  readonly resource?: (given: Given<N>) => Record<string, string | undefined>;
  /** Most bytes that it keeps of one value. */
  readonly valueBytes?: number;
}

export interface Option {
  /** The environment variable that it defaults to, as the backend's own SDK calls it. */
  readonly variable?: string;
  readonly isNeeded?: boolean;
  readonly rule: OptionRule;
}

const needed = (variable?: string): Option => ({ variable, isNeeded: true, rule: text });
const optional = (variable?: string): Option => ({ variable, rule: text });
const choice = (...values: readonly string[]): Option => ({ rule: oneOf(...values) });

const basic = (user = '', password = '') => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** As their documentation said in August 2026. */
export const BACKENDS: { readonly [N in BackendName]: Backend<N> } = {
  braintrust: {
    options: {
      apiKey: needed('BRAINTRUST_API_KEY'),
      region: choice('us', 'eu'),
      parent: needed('BRAINTRUST_PARENT'),
    },
    url: ({ region }) => `https://api${region === 'eu' ? '-eu' : ''}.braintrust.dev/otel/v1/traces`,
    headers: ({ apiKey, parent }) => ({ authorization: bearer(apiKey), 'x-bt-parent': parent }),
  },
  datadog: {
    options: { apiKey: needed('DD_API_KEY'), site: optional('DD_SITE') },
    url: ({ site = 'datadoghq.com' }) => `https://otlp.${site}/v1/traces`,
    headers: ({ apiKey }) => ({ 'dd-api-key': apiKey, 'dd-otlp-source': 'llmobs' }),
  },
  'grafana-cloud': {
    options: { region: needed(), instanceId: needed(), token: needed() },
    url: ({ region = '' }) => `https://otlp-gateway-prod-${region}.grafana.net/otlp/v1/traces`,
    headers: ({ instanceId, token }) => ({ authorization: token && basic(instanceId, token) }),
  },
  honeycomb: {
    options: { apiKey: needed('HONEYCOMB_API_KEY'), region: choice('us', 'eu'), dataset: optional() },
    url: ({ region }) => `https://api${region === 'eu' ? '.eu1' : ''}.honeycomb.io/v1/traces`,
    headers: ({ apiKey, dataset }) => ({ 'x-honeycomb-team': apiKey, 'x-honeycomb-dataset': dataset }),
    valueBytes: 65_535,
  },
  hyperdx: {
    options: { apiKey: needed('HYPERDX_API_KEY') },
    url: 'https://in-otel.hyperdx.io/v1/traces',
    headers: ({ apiKey }) => ({ authorization: apiKey }),
  },
  jaeger: { options: {}, url: 'http://localhost:4318/v1/traces' },
  laminar: {
    options: { apiKey: needed('LMNR_PROJECT_API_KEY') },
    url: 'https://api.lmnr.ai/v1/traces',
    headers: ({ apiKey }) => ({ authorization: bearer(apiKey) }),
  },
  langsmith: {
    options: {
      apiKey: needed('LANGSMITH_API_KEY'),
      region: choice('us', 'eu', 'apac', 'aws'),
      project: optional('LANGSMITH_PROJECT'),
    },
    url: ({ region = 'us' }) => `https://${region === 'us' ? '' : `${region}.`}api.smith.langchain.com/otel/v1/traces`,
    headers: ({ apiKey, project }) => ({ 'x-api-key': apiKey, 'langsmith-project': project }),
  },
  logfire: {
    options: { token: needed('LOGFIRE_TOKEN'), region: choice('us', 'eu') },
    url: ({ region = 'us' }) => `https://logfire-${region}.pydantic.dev/v1/traces`,
    headers: ({ token }) => ({ authorization: token }),
  },
  mlflow: {
    options: { experimentId: optional('MLFLOW_EXPERIMENT_ID') },
    url: 'http://localhost:5000/v1/traces',
    headers: ({ experimentId = '0' }) => ({ 'x-mlflow-experiment-id': experimentId }),
  },
  'new-relic': {
    options: { apiKey: needed('NEW_RELIC_LICENSE_KEY'), region: choice('us', 'eu') },
    url: ({ region }) => `https://otlp.${region === 'eu' ? 'eu01.' : ''}nr-data.net/v1/traces`,
    headers: ({ apiKey }) => ({ 'api-key': apiKey }),
    // It cuts at 4,095 characters.
    valueBytes: 4095,
  },
  opik: {
    options: {
      apiKey: needed('OPIK_API_KEY'),
      workspace: optional('OPIK_WORKSPACE'),
      project: optional('OPIK_PROJECT_NAME'),
    },
    url: 'https://www.comet.com/opik/api/v1/private/otel/v1/traces',
    headers: ({ apiKey, workspace, project }) => ({
      authorization: apiKey,
      'comet-workspace': workspace,
      projectname: project,
    }),
  },
  signoz: {
    options: { ingestionKey: needed(), region: { ...choice('us', 'eu', 'in'), isNeeded: true } },
    url: ({ region = '' }) => `https://ingest.${region}.signoz.cloud/v1/traces`,
    headers: ({ ingestionKey }) => ({ 'signoz-ingestion-key': ingestionKey }),
  },
  tempo: {
    options: { tenant: optional() },
    url: 'http://localhost:4318/v1/traces',
    headers: ({ tenant }) => ({ 'x-scope-orgid': tenant }),
    // `max_attribute_bytes`, unless that was raised.
    valueBytes: 2048,
  },
  traceloop: {
    options: { apiKey: needed('TRACELOOP_API_KEY') },
    url: 'https://api.traceloop.com/v1/traces',
    headers: ({ apiKey }) => ({ authorization: bearer(apiKey) }),
  },
  uptrace: {
    options: { dsn: needed('UPTRACE_DSN') },
    url: 'https://api.uptrace.dev/v1/traces',
    headers: ({ dsn }) => ({ 'uptrace-dsn': dsn }),
  },
  weave: {
    options: { apiKey: needed('WANDB_API_KEY'), entity: needed('WANDB_ENTITY'), project: needed('WANDB_PROJECT') },
    url: 'https://trace.wandb.ai/otel/v1/traces',
    headers: ({ apiKey }) => ({ 'wandb-api-key': apiKey }),
    resource: ({ entity, project }) => ({ 'wandb.entity': entity, 'wandb.project': project }),
  },
};

function bearer(token: string | undefined): string | undefined {
  return token && `Bearer ${token}`;
}
