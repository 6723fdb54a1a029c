import { SpanKind } from '@opentelemetry/api';
import { spanMaker } from '../../support/finished-span.js';
import { attributeDifferences, differences, matches, type Expected } from '../../support/expectations.js';

describe('the comparer of spans with published examples', () => {
  it.each<[Expected, unknown[], unknown[]]>([
    ['a', ['a'], ['b', undefined, ['a']]],
    [0, [0], ['0', false, '', undefined]],
    [['a', 'b'], [['a', 'b']], [['b', 'a'], ['a'], 'a,b']],
    [{ match: 'any' }, [0, '', false], [undefined]],
    [{ match: 'hex16' }, ['0x00f067aa0ba902b7', '00f067aa0ba902b7'], ['00F067AA0BA902B7', '0x00', 1]],
    [{ match: 'hex32' }, ['4bf92f3577b34da6a3ce929d0e0e4736'], ['00f067aa0ba902b7']],
    [{ match: 'iso8601' }, ['2024-10-04T05:16:47.340006Z'], ['2024-10-04', 1]],
    [{ match: 'prefix', value: 'fpr' }, ['fpr8CD'], ['xfpr', 5, undefined]],
    [{ match: 'json-equal', value: { a: 1, b: [2] } }, ['{"b": [2], "a": 1}'], ['{"a":1}', '{"a":1', { a: 1, b: [2] }]],
    [{ match: 'json-equal', value: '{"a":1}' }, ['{ "a": 1 }'], ['{"a":2}']],
    [{ match: 'type:string' }, ['', 'a'], [1, undefined, ['a']]],
    [{ match: 'type:int' }, [0, 7], [0.5, '7', undefined]],
    [{ match: 'type:double' }, [0.5, 7], ['7', undefined]],
    [{ match: 'type:boolean' }, [true, false], [0, undefined]],
    [{ match: 'type:string[]' }, [['a']], ['a', [1], undefined]],
  ])('keeps the rule %j', (expected, right, wrong) => {
    for (const seen of right) expect([seen, matches(expected, seen)]).toEqual([seen, true]);
    for (const seen of wrong) expect([seen, matches(expected, seen)]).toEqual([seen, false]);
  });

  it('takes no rule that it does not know', () => {
    expect(() => matches({ match: 'regex' }, 'a')).toThrow('no such rule: regex');
    expect(() => matches({ match: 'type:date' }, 'a')).toThrow('no such type: date');
  });

  it('prints the key, what was expected and what was seen', () => {
    const expected = { attributes: { right: 1, wrong: 'a', missing: true } };
    expect(attributeDifferences('attributes', { right: 1, wrong: 'b', more: 'c' }, expected)).toEqual([
      'attributes.wrong: expected "a", seen "b"',
      'attributes.missing: expected true, seen undefined',
      'attributes.more: expected undefined, seen "c"',
    ]);
  });

  it('takes more than is asked for only where the example or the caller says so', () => {
    expect(attributeDifferences('a', { more: 1 }, { attributes: {} })).toHaveLength(1);
    expect(attributeDifferences('a', { more: 1 }, { attributes: {}, attributesMode: 'superset' })).toEqual([]);
    expect(attributeDifferences('a', { more: 1 }, { attributes: {} }, (key) => key === 'more')).toEqual([]);
  });

  it('compares everything else that the example tells of a span', () => {
    const { start, end } = spanMaker();
    const parent = start('run');
    const span = start('ask', { parent, kind: SpanKind.CLIENT, attributes: { b: 1, a: 2 } });
    span.addEvent('said', { text: 'hi' });
    const [outer, seen] = [end(parent), end(span)];
    const right = {
      name: 'ask',
      kind: 'CLIENT',
      parent: 'run',
      scope: 'decotel',
      status: 'UNSET',
      attributeKeysInOrder: ['b', 'a'],
      attributes: { a: 2, b: 1 },
      eventsInOrder: [{ name: 'said', attributes: { text: 'hi' } }],
      links: [],
      resource: { mode: 'exact', attributes: { 'service.name': 'library' } },
    };
    expect(differences(seen, right, [outer, seen])).toEqual([]);
    const wrong = {
      name: 'tell',
      kind: 'INTERNAL',
      parent: null,
      scope: 'otel',
      status: 'OK',
      attributeKeysInOrder: ['a', 'b'],
      attributes: { a: 2, b: 1 },
      eventsInOrder: [
        { name: 'asked', attributes: { text: 'hello' } },
        { name: 'said', attributes: { text: 'hi' } },
      ],
      links: [{}],
      resource: { mode: 'exact', attributes: {} },
    };
    expect(differences(seen, wrong, [outer, seen])).toEqual([
      'name: expected "tell", seen "ask"',
      'kind: expected "INTERNAL", seen "CLIENT"',
      'parent: expected null, seen "run"',
      'scope: expected "otel", seen "decotel"',
      'status: expected "OK", seen "UNSET"',
      'attributeKeysInOrder: expected ["a","b"], seen ["b","a"]',
      'links: expected [{}], seen []',
      'eventsInOrder: expected ["asked","said"], seen ["said"]',
      'eventsInOrder.0.text: expected "hello", seen "hi"',
      'eventsInOrder.1.text: expected "hi", seen undefined',
      'resource.service.name: expected undefined, seen "library"',
    ]);
  });
});
