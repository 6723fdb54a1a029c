import { ALL_CONTENT, contentSwitches, NO_CONTENT, type ContentOption } from '../../src/core/settings.js';

describe('a content rule', () => {
  it('switches everything, or single kinds', () => {
    expect(contentSwitches(true)).toEqual(ALL_CONTENT);
    expect(contentSwitches(false)).toEqual(NO_CONTENT);
    expect(contentSwitches({ output: false, input: undefined })).toEqual({ ...ALL_CONTENT, output: false });
  });

  it.each([{ outputs: false }, { output: 'no' }, { input: 0 }, [], 'false', null, 0])(
    'that is none, such as %j, allows nothing',
    (rule) => {
      expect(contentSwitches(rule as unknown as ContentOption)).toEqual(NO_CONTENT);
    },
  );
});
