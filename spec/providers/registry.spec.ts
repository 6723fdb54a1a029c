import { diag, type DiagLogger } from '@opentelemetry/api';
import { anthropic } from '../../src/providers/anthropic.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import type { Provider } from '../../src/providers/provider.js';
import {
  addProviders,
  builtInProviders,
  providerOfClient,
  readRequest,
  readResponse,
  seamOf,
  startFold,
} from '../../src/providers/registry.js';
import { fixture } from '../support/fixtures.js';
import { hostileValues } from '../support/hostile-values.js';

const questions = { readResponse, startFold, readRequest, seamOf, providerOfClient };

describe('the registry of providers', () => {
  const mine: Provider = {
    name: 'mine',
    request: (body) => ('mine' in body ? { operation: 'chat', request: { model: 'mine' } } : undefined),
    read: (value) => ('choices' in value ? { operation: 'chat', model: 'mine' } : undefined),
    fold: () => undefined,
  };
  const completion = fixture('openai-chat', 'weather', 'response');

  it('asks the application’s own first, the last added before all, and takes them out again', () => {
    const other = { ...mine, name: 'other' };
    const removeMine = addProviders([mine]);
    const removeOther = addProviders([other]);
    expect(readResponse(completion)?.provider).toBe(other);
    removeOther();
    expect(readResponse(completion)?.provider).toBe(mine);
    removeMine();
    removeMine();
    expect(readResponse(completion)?.provider).toBe(openaiChat);
  });

  it('asks the hinted provider first, then all', () => {
    const body = { model: 'claude-sonnet-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
    expect(readRequest(body)?.provider).toBe(openaiChat);
    expect(readRequest(body, anthropic)?.provider).toBe(anthropic);
    expect(readRequest(body, mine)?.provider).toBe(openaiChat);
  });

  it('goes on to the next provider when one throws, and says so once', () => {
    const error = jest.fn();
    const logger: DiagLogger = { error, warn: jest.fn(), info: jest.fn(), debug: jest.fn(), verbose: jest.fn() };
    diag.setLogger(logger, { suppressOverrideMessage: true });
    const fail = (): never => {
      throw new Error('broken');
    };
    const remove = addProviders([{ name: 'broken', request: fail, read: fail, fold: fail, seam: fail, client: fail }]);
    try {
      expect(readResponse(completion)?.provider).toBe(openaiChat);
      expect(readResponse(completion)?.provider).toBe(openaiChat);
      expect(startFold(fixture('openai-chat', 'weather', 'stream')[0])?.provider).toBe(openaiChat);
      expect(readRequest(fixture('openai-chat', 'weather', 'request'))?.provider).toBe(openaiChat);
      expect(seamOf({})).toBeUndefined();
      expect(providerOfClient({})).toBeUndefined();
    } finally {
      remove();
      diag.disable();
    }
    expect(error).toHaveBeenCalledTimes(1);
    expect(error.mock.calls[0]?.[0]).toContain('broken');
  });

  it.each(Object.entries(questions))('%s answers nothing for what is no object', (_, question) => {
    for (const value of [undefined, null, 0, '', 'text', true, Symbol('s'), 1n, () => undefined]) {
      expect(question(value)).toBeUndefined();
    }
  });

  it.each(hostileValues())('never throws: %s', (_, value) => {
    for (const question of Object.values(questions)) expect(() => question(value)).not.toThrow();
    expect(readResponse(value)).toBeUndefined();
    expect(startFold(value)).toBeUndefined();
    expect(seamOf(value)).toBeUndefined();
  });

  it('has each provider once', () => {
    expect(new Set(builtInProviders).size).toBe(builtInProviders.length);
  });
});
