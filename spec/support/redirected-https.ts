import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

export interface RedirectedHttps {
  /** Where requests would have gone: `https://host/path`. */
  readonly urls: string[];
  restore(): void;
}

/**
 * From now on what would go to an https host goes to `receiver`, with its path and headers: backends have fixed hosts, and
 * nothing in a spec leaves loopback. Of clients that ask `https.request` for an URL.
 */
export function redirectHttps(receiver: { readonly url: string }): RedirectedHttps {
  const urls: string[] = [];
  const request = (url: URL, options: RequestOptions, done: (response: IncomingMessage) => void): ClientRequest => {
    urls.push(url.href);
    return http.request(new URL(url.pathname, receiver.url), { ...options, agent: undefined }, done);
  };
  const spy = jest.spyOn(https, 'request').mockImplementation(request as typeof https.request);
  return { urls, restore: () => spy.mockRestore() };
}
