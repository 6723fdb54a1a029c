export interface Server {
  address: string;
  port: number;
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
    const { hostname, port, protocol } = new URL(url);
    const usual = protocol === 'http:' ? 80 : 443;
    return { address: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usual : Number(port) };
  } catch {
    return undefined;
  }
}
