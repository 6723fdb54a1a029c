import { span } from '../../src/decorators/span.js';
import { openCallCount } from '../../src/spans/open-calls.js';
import { loopback, type Loopback } from '../support/loopback.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

let telemetry: Telemetry;
let server: Loopback;

beforeEach(async () => {
  telemetry = startTelemetry();
  server = await loopback((_path, body) => ({ body: { got: body } }));
});

afterEach(async () => {
  expect(openCallCount()).toBe(0);
  expect(telemetry.complaints).toEqual([]);
  await server.close();
  await telemetry.stop();
});

const outcomes = (): unknown[] => telemetry.spans.map((one) => one.attributes['decotel.outcome']);

/** `{"id":7}` in two parts; `failsAt` says before which part it fails instead. */
function json(failsAt = Infinity): ReadableStream<Uint8Array> {
  const parts = ['{"id"', ':7}'].map((text) => new TextEncoder().encode(text));
  let index = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (index === failsAt) controller.error(new TypeError('no more'));
        else if (index === parts.length) controller.close();
        else controller.enqueue(parts[index++] as Uint8Array);
      },
    },
    { highWaterMark: 0 },
  );
}

const OWNERS: [string, (body: BodyInit | null) => Request | Response][] = [
  ['Response', (body) => new Response(body)],
  ['Request', (body) => new Request(`${server.url}/shelf`, { method: 'POST', body, duplex: 'half' } as RequestInit)],
];

describe.each(OWNERS)('the body of a %s that a decorated method returns', (_name, make) => {
  let made: Request | Response;

  class Source {
    @span
    message(body: () => BodyInit | null): Request | Response {
      return (made = make(body()));
    }
  }

  const message = (body: () => BodyInit | null): Request | Response => new Source().message(body);

  it('ends the span of the same object when it has been read', async () => {
    const returned = message(json);
    expect(returned).toBe(made);
    expect(returned).toBeInstanceOf(make(null).constructor);
    expect([returned.bodyUsed, outcomes()]).toEqual([false, []]);
    expect(await returned.json()).toEqual({ id: 7 });
    expect([returned.bodyUsed, outcomes()]).toEqual([true, ['completed']]);
    expect(telemetry.span('message').attributes['decotel.result']).toBe('{"id":7}');
  });

  it('is read as it comes, and stopped half way', async () => {
    const read = message(json);
    expect(read.body).toBe(read.body);
    expect(await new Response(read.body).text()).toBe('{"id":7}');
    const stopped = message(json);
    const reader = stopped.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(outcomes()).toEqual(['completed', 'cancelled']);
    expect(telemetry.spans.map((one) => one.attributes['decotel.stream.chunks'])).toEqual([2, 1]);
  });

  it('ends with its error', async () => {
    await expect(message(() => json(1)).text()).rejects.toThrow('no more');
    await expect(new Response(message(() => json(1)).body).text()).rejects.toThrow('no more');
    expect(outcomes()).toEqual(['error', 'error']);
  });

  it('ends at once where there is none, and with whichever copy is read first', async () => {
    expect(message(() => null).body).toBeNull();
    expect(outcomes()).toEqual(['completed']);
    const cloned = message(json);
    const copy = cloned.clone();
    expect([await copy.text(), await cloned.text()]).toEqual(['{"id":7}', '{"id":7}']);
    expect(outcomes()).toEqual(['completed', 'completed']);
  });

  it('says so where it cannot be watched', async () => {
    class Frozen {
      @span
      message(): Request | Response {
        return Object.freeze(make(json()));
      }
    }
    expect(await new Frozen().message().text()).toBe('{"id":7}');
    expect(telemetry.span('message').attributes['decotel.unobserved']).toBe(true);
  });
});

describe('a Request that a decorated method returns', () => {
  class Source {
    @span
    request(body: BodyInit): Request {
      return new Request(`${server.url}/shelf`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    }
  }

  it('ends its span when it has been sent', async () => {
    for (const body of [json(), '{"id":7}']) {
      const request = new Source().request(body);
      const response = await fetch(request);
      expect(await response.json()).toEqual({ got: { id: 7 } });
      expect(request.bodyUsed).toBe(true);
    }
    expect(await new Request(new Source().request(json())).text()).toBe('{"id":7}');
    expect(outcomes()).toEqual(['completed', 'completed', 'completed']);
    await expect(fetch(new Source().request(json(1)))).rejects.toThrow('fetch failed');
    expect(outcomes()).toEqual(['completed', 'completed', 'completed', 'error']);
  });

  it('is used up as it would have been', async () => {
    const request = new Source().request(json());
    await fetch(request);
    await expect(fetch(request)).rejects.toThrow('already been used');
    expect(outcomes()).toEqual(['completed']);
  });
});
