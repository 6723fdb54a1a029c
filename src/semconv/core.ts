/** Stable names of the OpenTelemetry semantic conventions (1.45.0) that the GenAI ones borrow. */
export const ATTR_CODE_FUNCTION_NAME = 'code.function.name';
export const ATTR_ERROR_TYPE = 'error.type';
export const ATTR_EXCEPTION_TYPE = 'exception.type';
export const ATTR_EXCEPTION_MESSAGE = 'exception.message';
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace';
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';
export const ATTR_SERVICE_NAME = 'service.name';
export const ATTR_SERVICE_VERSION = 'service.version';
/** Development stability. */
export const ATTR_DEPLOYMENT_ENVIRONMENT_NAME = 'deployment.environment.name';
/** Development stability. */
export const ATTR_SESSION_ID = 'session.id';
/** Development stability. */
export const ATTR_USER_ID = 'user.id';

export const EVENT_EXCEPTION = 'exception';
export const ERROR_TYPE_VALUE_OTHER = '_OTHER';
