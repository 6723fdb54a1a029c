import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { agentCall, modelCall, plainCall, throughEngine } from '../support/decorated.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

/** A value that notes whatever is done to it. */
function untouchable(): { value: object; touches: string[] } {
  const touches: string[] = [];
  const traps: ProxyHandler<object> = new Proxy(
    {},
    {
      get: (_target, trap) => {
        touches.push(String(trap));
        return undefined;
      },
    },
  );
  return { value: new Proxy({ toJSON: () => touches.push('toJSON') }, traps), touches };
}

describe.each<[string, () => Telemetry | Promise<Telemetry>]>([
  ['not sampled', () => startTelemetry({ sampler: new AlwaysOffSampler() })],
  ['switched off', () => startTelemetry({ settings: { enabled: false } })],
  [
    'not configured',
    async () => {
      const telemetry = startTelemetry();
      await telemetry.stop();
      return telemetry;
    },
  ],
])('a call that is %s', (_name, start) => {
  let telemetry: Telemetry;
  beforeEach(async () => {
    telemetry = await start();
  });
  afterEach(() => telemetry.stop());

  it.each([
    ['@span', plainCall],
    ['@withOtel', modelCall],
    ['@agent', agentCall],
  ])(
    'of %s looks at no argument, nor at what it yields, throws or resolves to within a list',
    async (_decorator, kind) => {
      const { value, touches } = untouchable();
      const take = throughEngine((_one: object, list: object[]) => list.length, kind);
      const giveLater = throughEngine(async (one: object) => [one], kind);
      const yieldIt = throughEngine(function* (one: object) {
        yield one;
      }, kind);
      const throwIt = throughEngine((one: object) => {
        throw one as Error;
      }, kind);
      expect(take({ value }, [value])).toBe(1);
      expect(take(value, [value])).toBe(1);
      expect((await giveLater(value))[0] === value).toBe(true);
      for (const one of yieldIt(value)) expect(one === value).toBe(true);
      let caught: unknown;
      try {
        throwIt(value);
      } catch (error) {
        caught = error;
      }
      expect(caught === value).toBe(true);
      expect(touches).toEqual([]);
      expect(telemetry.spans).toEqual([]);
    },
  );
});
