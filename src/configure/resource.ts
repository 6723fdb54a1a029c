import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import { ATTR_DEPLOYMENT_ENVIRONMENT_NAME, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '../semconv/core.js';
import type { ConfigureOptions } from './options.js';

/** OpenTelemetry's defaults, the environment and the options: the later ones win, as the specification asks. */
export function resourceOf(options: ConfigureOptions): Resource {
  const named = {
    [ATTR_SERVICE_NAME]: options.serviceName,
    [ATTR_SERVICE_VERSION]: options.serviceVersion,
    [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: options.environment,
  };
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(isResource(options.resource) ? options.resource : resourceFromAttributes(options.resource ?? {}))
    .merge(resourceFromAttributes(named));
}

function isResource(resource: ConfigureOptions['resource']): resource is Resource {
  return typeof resource === 'object' && typeof (resource as Partial<Resource>).merge === 'function';
}
