import { audit, otlp, type AuditOptions } from '../../src/configure.js';

describe('messages about wrong options', () => {
  it('print no credentials of a URL', () => {
    expect(() => otlp({ url: 'http://u:sk-lf-SECRETSECRETSECRET1234@h:99999' })).toThrow(
      'otlp(): url: expected an http or https URL, got "http://u:[masked]@h:99999".',
    );
  });

  it.each([undefined, {}])('say that an audit needs to be saved (%j)', (options) => {
    expect(() => audit(options as AuditOptions)).toThrow(
      'audit(): save is missing. Give the function that stores a session.',
    );
  });
});
