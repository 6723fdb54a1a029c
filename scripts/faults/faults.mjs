/**
 * Deliberate faults: what each breaks, where, and the text that it replaces, which must stand there exactly once. A
 * fault that no longer applies fails the check, so that the list cannot rot.
 */
const iterator = 'src/streams/iterator.ts';
const promise = 'src/streams/promise.ts';
const sink = 'src/streams/sink.ts';
const node = 'src/streams/node-stream.ts';
const web = 'src/streams/readable-stream.ts';
const emitter = 'src/streams/emitter.ts';
const observable = 'src/streams/observable.ts';
const holder = 'src/streams/holder.ts';
const parts = 'src/streams/parts.ts';
const body = 'src/streams/body.ts';
const cover = 'src/streams/cover.ts';
const seam = 'src/streams/seam.ts';
const call = 'src/spans/call.ts';
const run = 'src/spans/run.ts';
const recorded = 'src/spans/recorded-call.ts';
const decorated = 'src/spans/decorated-call.ts';
const open = 'src/spans/open-calls.ts';
const errors = 'src/spans/error-record.ts';

const fault = (what, file, find, replace) => ({ what, file, find, replace });

export const FAULTS = [
  fault(
    'next(value) loses its value',
    iterator,
    'steps.take(next, self, values, steps.onNext)',
    'steps.take(next, self, [], steps.onNext)',
  ),
  fault(
    'return() is not forwarded to the source',
    iterator,
    'steps.take(stop, self, values, steps.onReturn)',
    'steps.onReturn({ done: true, value: values[0] })',
  ),
  fault(
    'throw() is not forwarded to the source',
    iterator,
    'return steps.take(fail, self, values, steps.onNext);',
    'return steps.onError(values[0]);',
  ),
  fault(
    'an error of the source is swallowed',
    iterator,
    'this.#fail(error);\n    throw error;',
    'this.#fail(error);\n    return undefined as never;',
  ),
  fault(
    'next() is handled on the side, so an unhandled rejection is hidden',
    iterator,
    'if (isNativePromise(result)) return nativeThen(result, onResult, this.onError);',
    'if (isNativePromise(result)) { void nativeThen(result, onResult, this.onError).catch(() => undefined); return result; }',
  ),
  fault(
    'a source that is exhausted does not end the call',
    iterator,
    'if ((result as Result)?.done) tap.end(this.#outcome());',
    'if ((result as Result)?.done) return;',
  ),
  fault('stopping early counts as completed', iterator, "if (this.#isStopped) return 'cancelled';", ''),
  fault(
    'an abort that ends a stream quietly counts as completed',
    iterator,
    "this.signal?.aborted === true ? 'aborted' : 'completed'",
    "'completed'",
  ),
  fault(
    'a generator that is held ends for idleness',
    iterator,
    'tap.idles = !isGenerator(iterator);',
    'tap.idles = true;',
  ),
  fault(
    'an iterator without return() does not tell of a break',
    iterator,
    'if (!stops) coverMissingReturn(iterator, steps);',
    'void stops;',
  ),
  fault('what the consumer throws in counts as an error of the source', iterator, 'steps.noteThrownIn(values[0]);', ''),
  fault(
    'a result overtakes those on their way',
    iterator,
    'let result: unknown;\n    try {',
    'if (this.tap.ended) return step.apply(self, values);\n    let result: unknown;\n    try {',
  ),

  fault(
    'then is called early',
    promise,
    'return coverThen(\n    thenable,',
    'void (thenable as PromiseLike<unknown>).then(() => undefined, () => undefined);\n  return coverThen(\n    thenable,',
  ),
  fault('a rejection is swallowed', promise, 'throw error;\n    },\n  );\n  carryOver', '},\n  );\n  carryOver'),
  fault('own properties of a promise are lost', promise, 'carryOver(promise, derived);', ''),
  fault(
    'a promise is handled on the side',
    promise,
    'carryOver(promise, derived);\n  return derived;',
    'derived.catch(() => undefined);\n  return promise;',
  ),
  fault('an abort counts as an error', promise, 'sink.end(outcomeOf(error), error);', "sink.end('error', error);"),
  fault(
    'a thenable delivers something else',
    promise,
    'const delivered = isOver ? value : see(value);',
    'const delivered = isOver ? value : (see(value), { ...(value as object) });',
  ),

  fault(
    'the tap of a second method is not told of the end',
    sink,
    'for (const sink of this.#sinks) sink.end(outcome, error);',
    'this.first.end(outcome, error);',
  ),
  fault(
    'the tap of a second method gets no chunk',
    sink,
    'for (const sink of this.#sinks) sink.chunk(value);',
    'this.first.chunk(value);',
  ),
  fault(
    'a tap ends twice',
    sink,
    'end(outcome: Outcome, error?: unknown): void {\n    if (this.ended) return;\n    this.ended = true;',
    'end(outcome: Outcome, error?: unknown): void {',
  ),

  fault(
    'a listener of ours starts the flow of a Node stream',
    node,
    'tap.noteConsumer();\n  // Of its',
    "(stream as unknown as NodeJS.ReadableStream).on('data', () => undefined);\n  tap.noteConsumer();\n  // Of its",
  ),
  fault(
    'a listener of ours hides an error event',
    node,
    'tap.noteConsumer();\n  // Of its',
    "(stream as unknown as NodeJS.ReadableStream).on('error', () => undefined);\n  tap.noteConsumer();\n  // Of its",
  ),
  fault('destroy() does not end the call', node, "else if (event === 'close') tap.end('cancelled');", ''),
  fault(
    'a Node source runs out of its context',
    node,
    'return tap.enter(read, self, values);',
    'return read.apply(self, values);',
  ),

  fault('a web stream reads ahead', web, '{ highWaterMark: 0 }', '{ highWaterMark: 1 }'),
  fault(
    'bytes do not stay bytes',
    web,
    "(stream as ReadableStream<Uint8Array>).getReader({ mode: 'byob' }).releaseLock();\n    return true;",
    'return false;',
  ),
  fault('cancel() is not forwarded', web, '(this.#reader ?? this.#stream).cancel(reason)', 'Promise.resolve()'),
  fault(
    'an error of a web stream does not reach the reader',
    web,
    'this.#controller?.error(error);',
    'this.#controller?.close();',
  ),

  fault(
    'the end of an emitter is lost where a listener throws',
    emitter,
    'if (!tap.ended) tell(values[0], values[1], values);\n    return isOwn?.(values[0]) === true ? emit.apply(self, values) : tap.leave(emit, self, values);',
    'const emitted = isOwn?.(values[0]) === true ? emit.apply(self, values) : tap.leave(emit, self, values);\n    if (!tap.ended) tell(values[0], values[1], values);\n    return emitted;',
  ),
  fault(
    'unsubscribing does not end the call',
    observable,
    "if (subscriber.closed) tap.end('cancelled');\n    }\n  });",
    '}\n  });',
  ),
  fault(
    'a second subscription has no span',
    observable,
    'if (!this.isWaiting) return this.#again();',
    'if (!this.isWaiting) return undefined;',
  ),

  fault(
    'a getter of a result is touched first',
    holder,
    'const value: unknown = own?.value;',
    'const value: unknown = (holder as Record<string, unknown>)[name];',
  ),
  fault(
    'the first of several streams to end ends the call',
    parts,
    "if (outcome === 'error' || this.#reading.size === 0) this.sink.end(outcome, error);",
    'this.sink.end(outcome, error);',
  ),
  fault(
    'a copy of a response is not watched',
    body,
    'hasBody(copy) ? watchBody(copy, sink, copies) : copy',
    'hasBody(copy) ? copy : copy',
  ),
  fault('covers can be seen', cover, 'enumerable: own?.enumerable ?? false,', 'enumerable: true,'),
  fault(
    'an object that is returned again wears covers in layers',
    cover,
    'for (const key of Reflect.ownKeys(target)) {\n    let own',
    'for (const key of [] as PropertyKey[]) {\n    let own',
  ),
  fault(
    'the result of an SDK is taken to be over before it is parsed',
    seam,
    'source = result;',
    'tap.end("completed");\n    return result;',
  ),

  fault(
    'a span ends twice',
    call,
    'end(outcome: Outcome, error?: unknown): void {\n    if (this.ended) return;',
    'end(outcome: Outcome, error?: unknown): void {',
  ),
  fault('a span never ends', call, 'span.end(endTime);', 'void endTime;'),
  fault('nobody notices that a stream was collected', call, 'watchCollection(target, this);', ''),
  fault('a call that has ended stays in the list of open ones', call, 'removeOpenCall(this);', ''),
  fault(
    'one stream through two methods is counted twice',
    call,
    'if (this.kind.isModelCall && !this.countedElsewhere) setOwner(value, this.owner);',
    'void value;',
  ),
  fault(
    'what the caller aborted with counts as an error',
    call,
    "this.outcome = hasThrown || this.answer.isAborted ? 'aborted' : outcome;",
    'this.outcome = outcome;',
  ),
  fault('a record is put together twice', recorded, 'if (this.isComplete) return this.record;', ''),
  fault(
    'handlers of the consumer run inside the call',
    call,
    '? runInFrame(frame, () => contextApi.with(outer, work, self, ...values))',
    '? work.apply(self, values)',
  ),

  fault(
    'the method runs outside its span',
    run,
    '    value = call.run(() => original.apply(self, args));\n  } catch',
    '    value = original.apply(self, args);\n  } catch',
  ),
  fault(
    'the method loses its this',
    run,
    '    value = call.run(() => original.apply(self, args));\n  } catch',
    '    value = call.run(() => original.apply(undefined, args));\n  } catch',
  ),
  fault('what is thrown does not end the call', run, "    call.end('error', error);\n    if (hooked", '    if (hooked'),
  fault(
    'what is thrown is wrapped',
    run,
    'return hooked.instead(error, false);\n    throw error;',
    "return hooked.instead(error, false);\n    throw new Error('traced', { cause: error });",
  ),
  fault(
    'the arguments of an unsampled call are touched',
    run,
    '    if (!isRecording && middleware === undefined) {',
    '    describeCall(call, prompt, original, args);\n    if (!isRecording && middleware === undefined) {',
  ),

  fault(
    'a generator runs outside its span after its first step',
    decorated,
    'return this.steps.run(() => work.apply(self, values));',
    'return work.apply(self, values);',
  ),
  fault(
    'one of several observed calls fills the span',
    decorated,
    'isNoAnswer ? observedCount === 1',
    'isNoAnswer ? observedCount >= 1',
  ),

  fault(
    'open calls end from the outside in',
    open,
    'return other.startedAt - one.startedAt;',
    'return one.startedAt - other.startedAt;',
  ),
  fault('the timer of idle calls keeps the process alive', open, 'open.timer.unref();', ''),
  fault(
    'idle calls stay open',
    open,
    "if (call.activeAt <= latest) call.end('abandoned');",
    "if (call.activeAt < 0) call.end('abandoned');",
  ),
  fault('error.type is always the class', errors, 'type: statusOf(error) ?? codeOf(error) ?? name,', 'type: name,'),
];
