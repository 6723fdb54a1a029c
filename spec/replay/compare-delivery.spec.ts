import { compareDelivery } from './compare-delivery.js';
import { describeFinding, Findings } from './findings.js';
import type { Recording } from './recording.js';
import type { Delivery } from './ways.js';

const recording = (expect: Recording['expect']): Recording => ({ expect }) as Recording;

const differences = (bare: Delivery, delivered: Delivery, expect: Recording['expect'] = {}): string[] => {
  const findings = new Findings();
  compareDelivery(findings, recording(expect), bare, delivered);
  return findings.list.map(describeFinding);
};

class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

describe('the comparison of what the caller gets', () => {
  const answer: Delivery = { values: ['1', '2'], failed: false };
  const failure: Delivery = { values: [], failed: true, error: new ApiError('no such model', 404) };

  it('finds nothing where decotel changes nothing', () => {
    expect(differences(answer, { ...answer })).toEqual([]);
    expect(
      differences(failure, { ...failure, error: new ApiError('no such model', 404) }, { error: { status: 404 } }),
    ).toEqual([]);
  });

  it('finds a lost chunk, another object and an error out of nothing', () => {
    expect(differences(answer, { ...answer, values: ['1'] })).toEqual([
      'delivered values: expected ["1","2"], got ["1"]',
    ]);
    expect(differences(answer, { ...answer, changed: 'another object' })).toHaveLength(1);
    expect(differences(answer, { ...answer, failed: true, error: new Error('x') })).toHaveLength(1);
  });

  it('finds an error that is swallowed or replaced', () => {
    const expect404 = { error: { status: 404 } };
    expect(differences(failure, { values: [], failed: false }, expect404)).toHaveLength(1);
    expect(differences(failure, { ...failure, error: new Error('no such model') }, expect404)).toHaveLength(1);
    expect(differences(failure, { ...failure, error: new ApiError('no such model', 500) }, expect404)).toHaveLength(1);
  });

  it('says where the SDK itself does not answer as the recording does', () => {
    expect(differences(failure, failure)).toEqual(['the SDK itself: expected an answer, got Error: no such model']);
    expect(differences(answer, answer, { error: { status: 404 } })).toEqual([
      'the SDK itself: expected an error, got undefined',
    ]);
  });
});
