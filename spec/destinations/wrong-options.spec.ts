import { audit, consoleTree, DecotelError, otlp, withContent, type AuditOptions } from '../../src/configure.js';

describe('messages about wrong options', () => {
  it('print no credentials of a URL', () => {
    expect(() => otlp({ url: 'http://u:sk-lf-SECRETSECRETSECRET1234@h:99999' })).toThrow(
      'otlp(): url: expected an http or https URL, got "http://u:[masked]@h:99999".',
    );
  });

  it.each([
    [undefined, 'undefined'],
    [{}, 'an object'],
    [consoleTree, 'the function consoleTree'],
  ])('say what else than a processor cannot have content (%p)', (given, got) => {
    expect(() => withContent(given as never)).toThrow(
      new DecotelError(`withContent(): expected a span processor, got ${got}.`),
    );
  });

  it.each([undefined, {}])('say that an audit needs to be saved (%j)', (options) => {
    expect(() => audit(options as AuditOptions)).toThrow(
      'audit(): save is missing. Give the function that stores a session.',
    );
  });
});
