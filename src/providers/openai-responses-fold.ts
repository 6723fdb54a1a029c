import { snapshot } from '../core/snapshot.js';
import { factsOf } from './answer.js';
import { GrowingObject, Slots } from './growing.js';
import { asNumber, asRecord, asText, type Json } from './json.js';
import { keepResponse, readResponsesAnswer, type ResponsesAnswer } from './openai-responses-answer.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

/** The last event carries the whole response once more. */
const FINAL = /^response\.(completed|incomplete|failed|cancelled)$/;
/** What grows: a member of a call, a text or a refusal in a message, or the text or the summary of a reasoning. */
const DELTA =
  /^response\.(?:(\w+_call)_(arguments|input|code)|(output_text|refusal|reasoning(_summary)?_text))\.delta$/;

/** Events of a response, joined to the items that it would have had. */
export class ResponsesFold implements Fold {
  readonly #facts: Partial<ResponseReading> = {};
  #final: ResponsesAnswer | undefined = undefined;
  readonly #items = new Slots<GrowingObject>();

  add(chunk: object): void {
    const event = chunk as Json;
    const { code, message } = event;
    const type = asText(event['type']) ?? '';
    const response = asRecord(event['response']);
    const delta = DELTA.exec(type);
    if (delta !== null) this.#grow(delta, event);
    // An item that has come whole lets its pieces go.
    else if (type.startsWith('response.output_item.')) this.#begin(event, asRecord(snapshot(event['item'])));
    else if (type === 'error') this.#facts.error = readResponseError({ code, message });
    else if (response !== undefined) {
      const { id, model } = factsOf(response);
      this.#facts.id ??= id;
      this.#facts.model ??= model;
      if (FINAL.test(type)) this.#final = keepResponse(response);
    }
  }

  read(): ResponseReading {
    const items = this.#items.values().map((item) => item.read());
    const facts = this.#facts;
    const final = this.#final;
    if (final === undefined) return readResponsesAnswer({ facts, items });
    return readResponsesAnswer({
      ...final,
      facts: { ...final.facts, error: final.facts.error ?? facts.error },
      // Some servers send their last event without what they sent before.
      items: final.items.length > 0 ? final.items : items,
    });
  }

  /** Nothing need have announced the item. */
  #grow([, call, member, text = '', isSummary]: readonly (string | undefined)[], event: Json): void {
    const { delta, output_index, content_index, summary_index } = event;
    const type = call ?? (text.startsWith('reasoning') ? 'reasoning' : 'message');
    const item = this.#items.get(asNumber(output_index) ?? 0) ?? this.#begin(event, { type });
    if (member !== undefined) return item?.grow(member, delta);
    const piece = isSummary
      ? item?.item('summary', asNumber(summary_index) ?? 0)
      : item?.item('content', asNumber(content_index) ?? 0);
    if (piece === undefined) return;
    piece.members['type'] = text;
    piece.grow(text === 'refusal' ? text : 'text', delta);
  }

  #begin({ output_index }: Json, item: Json | undefined): GrowingObject | undefined {
    return this.#items.set(asNumber(output_index) ?? 0, new GrowingObject({ ...item }));
  }
}
