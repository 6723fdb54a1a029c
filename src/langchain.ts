export { callbackHandler } from './clients/langchain-callbacks.js';
