import { providerForUrl } from '../providers/registry.js';

export interface Server {
  address: string;
  port: number;
  /** `gen_ai.provider.name`, where the URL tells. */
  provider: string | undefined;
}

/** Clients ask the same few URLs again and again. */
const known = new Map<string, Server | undefined>();
const MOST_KNOWN = 100;

/** Who is asked at `url`; undefined where it is no URL. */
export function serverOf(url: string): Server | undefined {
  if (known.has(url)) return known.get(url);
  if (known.size >= MOST_KNOWN) known.clear();
  const server = read(url);
  known.set(url, server);
  return server;
}

function read(url: string): Server | undefined {
  try {
    const parsed = new URL(url);
    const { hostname, port, protocol } = parsed;
    const usual = protocol === 'http:' ? 80 : 443;
    return {
      address: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? usual : Number(port),
      provider: providerForUrl(parsed),
    };
  } catch {
    return undefined;
  }
}
