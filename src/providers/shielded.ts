import { reportFailure } from '../core/report.js';
import type { Provider } from './provider.js';

/**
 * The same provider, whose questions never throw: the value may be a proxy, or have getters that do. What fails is
 * reported and counts as not recognised.
 */
export function shielded(provider: Provider): Provider {
  const shield =
    <Answer>(question: (value: object) => Answer | undefined) =>
    (value: object): Answer | undefined => {
      try {
        return question(value);
      } catch (failure) {
        reportFailure(`the provider adapter ${provider.name} could not read a value`, failure);
        return undefined;
      }
    };
  const isClient = shield((value) => provider.client?.(value));
  return {
    ...provider,
    request: shield((body) => provider.request(body)),
    read: shield((value) => provider.read(value)),
    fold: shield((chunk) => provider.fold(chunk)),
    seam: shield((value) => provider.seam?.(value)),
    clientName: shield((value) => provider.clientName?.(value)),
    client: (value) => isClient(value) === true,
  };
}
