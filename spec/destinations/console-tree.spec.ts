import type { CallRecord } from '../../src/core/record.js';
import { consoleTree } from '../../src/destinations/console-tree.js';
import { columns, wantsColor } from '../../src/destinations/terminal.js';
import { chatRecord, spanMaker } from '../support/finished-span.js';

const printing = (color = false) => {
  const printed: string[] = [];
  const tree = consoleTree({ color, write: (text) => void printed.push(text) });
  return { printed, tree, ...spanMaker(tree) };
};

const failure = (name: string, type: string): Partial<CallRecord> => ({
  outcome: 'error',
  error: { type, name, message: 'the prompt was: secret plan' },
});

const agentRun = (printer: ReturnType<typeof printing>) => {
  const { start, end, make } = printer;
  const root = start('invoke_agent librarian');
  const reply = start('reply', { parent: root, from: 1240 });
  const choose = start('chooseTools', { parent: root, from: 2 });
  make('POST', { parent: choose, from: 10, to: 1190 });
  end(choose, {
    to: 1204,
    record: chatRecord({
      usage: { inputTokens: 1812, outputTokens: 46 },
      response: { model: 'gpt-5-mini-2025-08-07', finishReasons: ['tool_calls'] },
    }),
  });
  make('execute_tool lookUpBook', { parent: root, from: 1205, to: 1208.1, record: { operation: 'execute_tool' } });
  make('execute_tool checkShelf', {
    parent: root,
    from: 1206,
    to: 1236,
    record: failure('BookNotFound', 'BookNotFound'),
  });
  make('rateLimited', { parent: root, from: 1237, to: 1239, record: failure('RateLimitError', '429') });
  const response = { model: 'gpt-5-mini', finishReasons: ['stop'], timeToFirstChunkSeconds: 0.2814 };
  const usageRemedy = 'stream_options.include_usage';
  end(reply, { to: 4200, record: chatRecord({ usage: undefined, usageRemedy, streamChunks: 48, response }) });
  end(root, { to: 65_000, record: { operation: 'invoke_agent' } });
};

describe('consoleTree', () => {
  it('prints a trace when its root ends: aligned, in the order of the starts, without content', () => {
    const printer = printing();
    agentRun(printer);
    expect(printer.printed.join('')).toMatchInlineSnapshot(`
     "library · trace 00000000000000000000000000000002
     invoke_agent librarian                                                                          1 min 05 s
     ├─ chooseTools              gpt-5-mini-2025-08-07  1,812 → 46 tokens  tool_calls                    1.20 s
     │  └─ POST                                                                                          1.18 s
     ├─ execute_tool lookUpBook                                                                          3.1 ms
     ├─ execute_tool checkShelf                                                                           30 ms
     │     error BookNotFound
     ├─ rateLimited                                                                                      2.0 ms
     │     error RateLimitError 429
     └─ reply                    gpt-5-mini                                stop        first 281 ms      2.96 s
           tokens ? (stream_options.include_usage)

     "
    `);
  });

  it('says of retrievals and embeddings what came of them', () => {
    const { start, end, make, printed } = printing();
    const root = start('answer');
    const embeddings = { request: { model: 'text-embedding-3-small' }, embeddingDimensions: 1536 };
    make('embeddings', { parent: root, record: { ...embeddings, usage: { inputTokens: 8 } } });
    const documents = ['Dune', 'Emma'].map((content) => ({ content }));
    make('retrieval books', { parent: root, from: 1, record: { retrieval: { topK: 5, documents } } });
    make('retrieval shelf', { parent: root, from: 2, record: { retrieval: { documents: documents.slice(1) } } });
    make('retrieval attic', { parent: root, from: 3, record: { retrieval: { topK: 3, documents: [] } } });
    make('retrieval hidden', { parent: root, from: 4, record: { retrieval: {}, request: { topK: 3 } } });
    end(root, { record: {} });
    expect(printed.join('').split('\n').slice(1, 7)).toEqual([
      'answer                                                                     1.00 s',
      '├─ embeddings        text-embedding-3-small  8 tokens  1,536 dimensions    1.00 s',
      '├─ retrieval books                                     2 documents, top 5  999 ms',
      '├─ retrieval shelf                                     1 document          998 ms',
      '├─ retrieval attic                                     0 documents, top 3  997 ms',
      '└─ retrieval hidden                                    top 3               996 ms',
    ]);
  });

  it('is coloured where it may be: bold for calls of ours, dim for spans of others', () => {
    const printer = printing(true);
    agentRun(printer);
    const [text = ''] = printer.printed;
    expect(text).toContain('\u001b[1mreply\u001b[22m');
    expect(text).toContain('\u001b[2mPOST\u001b[22m');
    expect(text).toContain('\u001b[31merror BookNotFound\u001b[39m');
    expect(text).toContain('\u001b[33mtokens ? (stream_options.include_usage)\u001b[39m');
  });

  it('stays within 120 columns, whatever the names', () => {
    const { make, start, end, printed } = printing();
    const root = start('a very long name '.repeat(10));
    make('读取书籍'.repeat(30), {
      parent: root,
      record: chatRecord({
        outcome: 'error',
        error: { type: '429', name: 'AnErrorWithARatherLongNameThatNobodyWouldChoose' },
        response: {
          model: 'model-'.repeat(20),
          finishReasons: ['tool_calls', 'length', 'stop'],
          timeToFirstChunkSeconds: 100,
        },
        usage: { inputTokens: 1_234_567, outputTokens: 1_234_567 },
      }),
    });
    end(root, { record: chatRecord() });
    for (const line of printed.join('').split('\n')) expect(columns(line)).toBeLessThanOrEqual(120);
    expect(printed.join('')).toContain('…');
  });

  it('replaces what would move the cursor', () => {
    const { make, printed } = printing();
    make('execute_tool \u001b[2Jclear\nline', { record: { operation: 'execute_tool' } });
    expect(printed.join('').split('\n')[1]).toMatch(/^execute_tool \ufffd\[2Jclear\ufffdline {2}1\.00 s$/);
  });

  it('masks what an error, a model and a finish reason are called', () => {
    const { make, printed } = printing();
    const secret = `sk-${'a1B2'.repeat(6)}`;
    const response = { model: `m ${secret}`, finishReasons: [`f ${secret}`] };
    make('answer', { record: chatRecord({ ...failure(`E ${secret}`, secret), response, usage: undefined }) });
    expect(printed.join('').split('\n')[1]).toMatch(
      /^answer {2}m \[masked\] {2}f \[masked\] {2}1\.00 s {2}error E \[masked\] \[masked\]$/,
    );
  });

  it.each([
    ['cancelled', 'cancelled'],
    ['aborted', 'aborted'],
    ['abandoned', 'abandoned'],
    ['shutdown', 'shutdown'],
  ] as const)('says that a call was %s', (outcome, text) => {
    const { make, printed } = printing();
    make('reply', { record: chatRecord({ outcome, usage: undefined, streamChunks: 3 }) });
    expect(printed.join('').split('\n')[1]).toMatch(new RegExp(`${text}$`));
  });

  it('prints what ends after its root on its own, as late', () => {
    const { start, end, make, printed } = printing();
    const root = start('answer');
    const stream = start('reply', { parent: root, from: 1 });
    end(root, { record: { operation: 'invoke_agent' } });
    make('lookUp', { parent: stream, from: 2, to: 3, record: {} });
    end(stream, { to: 5000, record: chatRecord() });
    make('afterwards', { parent: root, from: 6000, to: 6001, record: {} });
    expect(printed.join('')).toMatchInlineSnapshot(`
     "library · trace 00000000000000000000000000000002
     answer    1.00 s
     └─ reply          still running

     library · trace 00000000000000000000000000000002 · late, below answer
     reply      gpt-5-mini-2025-08-07  12 → 268 tokens  stop  5.00 s
     └─ lookUp                                                1.0 ms

     library · trace 00000000000000000000000000000002 · late, below answer
     afterwards  1.0 ms

     "
    `);
  });

  it('prints one tree for each root of a trace whose parent is elsewhere', () => {
    const { start, end, printed } = printing();
    const remote = { ...spanMaker().start('elsewhere').spanContext(), spanId: 'f'.repeat(16), isRemote: true };
    const parent = { spanContext: () => remote } as ReturnType<typeof start>;
    for (const name of ['first', 'second']) end(start(name, { parent }), { record: {} });
    expect(printed.map((text) => text.split('\n')[1])).toEqual(['first  1.00 s', 'second  1.00 s']);
    expect(printed.join('')).not.toContain('late');
  });

  it('prints a span whose start it has not seen', () => {
    const printed: string[] = [];
    const tree = consoleTree({ color: false, write: (text) => void printed.push(text) });
    tree.onEnd(spanMaker().make('ask', { record: chatRecord() }));
    expect(printed).toHaveLength(1);
  });

  it('prints at a flush what has ended below an open root, and the rest when it ends', async () => {
    const { start, end, make, tree, printed } = printing();
    const untouched = start('untouched');
    const root = start('answer');
    make('lookUp', { parent: root, from: 2, to: 3, record: {} });
    await tree.forceFlush();
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(/answer +still running\n└─ lookUp +1\.0 ms\n/);
    end(root, { record: {} });
    expect(printed[1]).toMatch(/late, below answer\nanswer +1\.00 s\n/);
    await tree.shutdown();
    expect(printed[2]).toMatch(/untouched +still running/);
    expect(untouched.isRecording()).toBe(true);
  });

  it('keeps a bounded number of spans, and counts the others', () => {
    const { start, end, make, tree, printed } = printing();
    const root = start('answer');
    for (let index = 0; index < 1500; index++) make('lookUp', { parent: root, record: {} });
    end(root, { record: {} });
    expect(printed.join('')).toContain('… and 501 more spans');
    expect(tree.stats()).toEqual({ queued: 0, exported: 1000, failed: 0, lost: 501 });
    for (let index = 0; index < 500; index++) start('never ended');
    expect(tree.stats()).toMatchObject({ queued: 200, lost: 801 });
  });

  it('takes its colour from FORCE_COLOR, NO_COLOR and the terminal', () => {
    expect(wantsColor(true, {})).toBe(true);
    expect(wantsColor(false, {})).toBe(false);
    expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColor(true, { NO_COLOR: '' })).toBe(true);
    expect(wantsColor(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
    expect(wantsColor(true, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
  });
});
