import { snapshot } from '../core/snapshot.js';
import { GrowingObject, Slots } from './growing.js';
import { asNumber, asRecord, asText, type Json } from './json.js';
import { factsOf } from './answer.js';
import { keepResponse, readResponsesAnswer, type ResponsesAnswer } from './openai-responses-answer.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

/** The last event carries the whole response once more. */
const FINAL = /^response\.(completed|incomplete|failed|cancelled)$/;
const DELTA = /^response\.(\w+)\.delta$/;

/** Events of a response, joined to the items that it would have had. */
export class ResponsesFold implements Fold {
  private readonly facts: Partial<ResponseReading> = {};
  private final: ResponsesAnswer | undefined = undefined;
  private readonly items = new Slots<ItemFold>();

  add(chunk: object): void {
    const event = chunk as Json;
    const type = asText(event['type']) ?? '';
    const response = asRecord(event['response']);
    const place = DELTAS.get(DELTA.exec(type)?.[1] ?? '');
    if (place !== undefined) this.item(event)?.growAt(place, event);
    else if (type.startsWith('response.output_item.')) this.item(event)?.become(event['item'], type.endsWith('done'));
    else if (type === 'error') this.facts.error = readResponseError({ code: event['code'], message: event['message'] });
    else if (response !== undefined) {
      const { id, model } = factsOf(response);
      this.facts.id ??= id;
      this.facts.model ??= model;
      if (FINAL.test(type)) this.final = keepResponse(response);
    }
  }

  read(): ResponseReading {
    const items = this.items.values().map((item) => item.read());
    const { facts, final } = this;
    if (final === undefined) return readResponsesAnswer({ facts, items });
    return readResponsesAnswer({
      ...final,
      facts: { ...final.facts, error: final.facts.error ?? facts.error },
      // Some servers send their last event without what they sent before.
      items: final.items.length > 0 ? final.items : items,
    });
  }

  private item({ output_index }: Json): ItemFold | undefined {
    const index = asNumber(output_index) ?? 0;
    return this.items.get(index) ?? this.items.set(index, new ItemFold());
  }
}

type List = 'content' | 'summary';

/** The item that a delta belongs to, should nothing have announced it, and the member that grows: in a list's piece, or its own. */
type Place = readonly [itemType: string, member: string, list?: List, pieceType?: string];

const DELTAS = new Map<string, Place>([
  ['output_text', ['message', 'text', 'content', 'output_text']],
  ['refusal', ['message', 'refusal', 'content', 'refusal']],
  ['reasoning_summary_text', ['reasoning', 'text', 'summary', 'summary_text']],
  ['reasoning_text', ['reasoning', 'text', 'content', 'reasoning_text']],
  ['function_call_arguments', ['function_call', 'arguments']],
  ['custom_tool_call_input', ['custom_tool_call', 'input']],
  ['mcp_call_arguments', ['mcp_call', 'arguments']],
  ['code_interpreter_call_code', ['code_interpreter_call', 'code']],
]);

class ItemFold {
  private item = new GrowingObject();
  private lists = { content: new Slots<GrowingObject>(), summary: new Slots<GrowingObject>() };

  growAt([type, member, list, pieceType]: Place, event: Json): void {
    let grown: GrowingObject | undefined = this.item;
    grown.members['type'] ??= type;
    if (list !== undefined) {
      const index = asNumber(event[`${list}_index`]) ?? 0;
      const pieces = this.lists[list];
      grown = pieces.get(index) ?? pieces.set(index, new GrowingObject({ type: pieceType }));
    }
    grown?.grow(member, event['delta']);
  }

  /** Once the whole item has come, its pieces are let go. */
  become(item: unknown, isWhole: boolean): void {
    if (isWhole) {
      this.item = new GrowingObject(this.item.members);
      this.lists = { content: new Slots(), summary: new Slots() };
    }
    Object.assign(this.item.members, asRecord(snapshot(item)));
  }

  /** The item as the wire spells it, as far as it has come. */
  read(): Json {
    const item = this.item.read();
    for (const [name, pieces] of Object.entries(this.lists)) {
      if (pieces.size > 0) item[name] = pieces.values().map((piece) => piece.read());
    }
    return item;
  }
}
