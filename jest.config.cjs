/** Specs that decorate nothing run once, in the legacy project. */
const WITHOUT_DECORATORS = [
  'core',
  'providers',
  'dialects',
  'semconv',
  'destinations',
  'configure',
  'replay',
  'package',
];

const swc = (transform) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform },
  },
];

/** Mistral's SDK, version 7 of the AI SDK and what that imports, and arktype. */
const ESM_ONLY = '/node_modules/(@ark|arktype|arkregex|@mistralai|ai-v7|ai-sdk-openai-v4|zod|@workflow)/';

const project = (displayName, transform, ignored) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...ignored],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^decotel$': '<rootDir>/src/index',
    '^decotel/(.*)$': '<rootDir>/src/$1',
  },
  transform: { '^.+\\.ts$': swc(transform), [`${ESM_ONLY}.+\\.js$`]: swc() },
  transformIgnorePatterns: [`^(?!.*${ESM_ONLY}).*/node_modules/`],
});

module.exports = {
  // Specs that wait for the garbage collector wait long where a worker has grown by hundreds of others.
  workerIdleMemoryLimit: '800MB',
  projects: [
    project('legacy', { legacyDecorator: true, decoratorMetadata: true }, ['\\.standard\\.spec\\.ts$']),
    project('standard', { decoratorVersion: '2023-11' }, [
      '\\.legacy\\.spec\\.ts$',
      ...WITHOUT_DECORATORS.map((room) => `<rootDir>/spec/${room}/`),
    ]),
  ],
};
