import { callTool, tool, toolsOf } from '../../src/index.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(async () => {
  await telemetry.stop();
});

const call = (name: string): object => ({ id: 'call_1', type: 'function', function: { name, arguments: '{}' } });

const contentOf = (message: unknown): unknown => JSON.parse((message as { content: string }).content);

class Odd {
  @tool({ input: { type: 'object' } })
  circle(_given: object): object {
    const circle: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    return Object.assign(circle, { name: 'ring', self: circle });
  }

  @tool({ input: { type: 'object' } })
  broken(_given: object): object {
    return Object.defineProperty({ title: 'Dune' }, 'price', {
      enumerable: true,
      get() {
        throw new Error('sold');
      },
    });
  }
}

class Twins {
  @tool({ name: 'same', input: { type: 'object' } })
  one(_given: object): number {
    return 1;
  }

  @tool({ name: 'same', input: { type: 'object' } })
  two(_given: object): number {
    return 2;
  }
}

it('a result that is no JSON is told to the model as far as it goes', async () => {
  const circle = await callTool(new Odd(), call('circle'));
  expect(contentOf(circle)).toMatchObject({ name: 'ring' });
  const broken = await callTool(new Odd(), call('broken'));
  expect(contentOf(broken)).toMatchObject({ title: 'Dune' });
});

it('two methods that are tools of one name are reported; the first serves', () => {
  expect(toolsOf(new Twins(), 'openai').map((one) => one.function.name)).toEqual(['same']);
  expect(telemetry.complaints).toEqual([
    'decotel: `Twins.two` and `Twins.one` are tools of one name; the first serves',
  ]);
});
