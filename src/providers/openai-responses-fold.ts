import { settings } from '../core/settings.js';
import { snapshot } from '../core/snapshot.js';
import { GrowingText } from './growing-text.js';
import { asName, asNumber, asRecord, asText, type Json } from './json.js';
import { keepResponse, readResponsesAnswer, type ResponsesAnswer } from './openai-responses-answer.js';
import type { Fold, ResponseReading } from './provider.js';
import { readResponseError } from './response-error.js';

/** The last event, which carries the whole response once more. */
const FINAL = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** Events of a response, joined to the items that it would have had. */
export class ResponsesFold implements Fold {
  private id: string | undefined = undefined;
  private model: string | undefined = undefined;
  private error: ResponseReading['error'] = undefined;
  private final: ResponsesAnswer | undefined = undefined;
  private readonly items = new Map<number, ItemFold>();

  add(chunk: object): void {
    const event = chunk as Json;
    const type = asText(event['type']) ?? '';
    const place = DELTAS.get(type);
    if (place !== undefined) this.item(event)?.grow(place, event);
    else if (type === 'response.output_item.added' || type === 'response.output_item.done') this.addItem(event);
    else if (type === 'error') this.error = readResponseError({ code: event['code'], message: event['message'] });
    else this.addResponse(type, asRecord(event['response']));
  }

  read(): ResponseReading {
    const items = [...this.items].sort(([one], [other]) => one - other).map(([, item]) => item.read());
    const { id, model, error, final } = this;
    if (final === undefined) return readResponsesAnswer({ id, model, error, items });
    return readResponsesAnswer({
      ...final,
      error: final.error ?? error,
      // Some servers send their last event without what they sent before.
      items: final.items.length > 0 ? final.items : items,
    });
  }

  private addResponse(type: string, response: Json | undefined): void {
    if (response === undefined) return;
    this.id ??= asName(response['id']);
    this.model ??= asName(response['model']);
    if (FINAL.has(type)) this.final = keepResponse(response);
  }

  private addItem(event: Json): void {
    const item = this.item(event);
    if (item !== undefined) item.whole = asRecord(snapshot(event['item'])) ?? item.whole;
    if (event['type'] === 'response.output_item.done') item?.finish();
  }

  private item(event: Json): ItemFold | undefined {
    const index = asNumber(event['output_index']) ?? 0;
    let item = this.items.get(index);
    if (item === undefined && this.items.size < settings().limits.items) {
      this.items.set(index, (item = new ItemFold()));
    }
    return item;
  }
}

/** Where the text of a delta belongs in its item: into a member, or into a member of a piece of a list. */
interface Place {
  member: string;
  list?: 'content' | 'summary';
  index?: 'content_index' | 'summary_index';
  /** Of the list's piece. */
  type?: string;
  /** Of the item, should nothing have announced it. */
  itemType: string;
}

const DELTAS = new Map<string, Place>([
  [
    'response.output_text.delta',
    { member: 'text', list: 'content', index: 'content_index', type: 'output_text', itemType: 'message' },
  ],
  [
    'response.refusal.delta',
    { member: 'refusal', list: 'content', index: 'content_index', type: 'refusal', itemType: 'message' },
  ],
  [
    'response.reasoning_summary_text.delta',
    { member: 'text', list: 'summary', index: 'summary_index', type: 'summary_text', itemType: 'reasoning' },
  ],
  [
    'response.reasoning_text.delta',
    { member: 'text', list: 'content', index: 'content_index', type: 'reasoning_text', itemType: 'reasoning' },
  ],
  ['response.function_call_arguments.delta', { member: 'arguments', itemType: 'function_call' }],
  ['response.custom_tool_call_input.delta', { member: 'input', itemType: 'custom_tool_call' }],
  ['response.mcp_call_arguments.delta', { member: 'arguments', itemType: 'mcp_call' }],
  ['response.code_interpreter_call_code.delta', { member: 'code', itemType: 'code_interpreter_call' }],
]);

class ItemFold {
  whole: Json | undefined = undefined;
  /** By place, then by the index of the list's piece. */
  private readonly texts = new Map<Place, GrowingText[]>();

  grow(place: Place, event: Json): void {
    const index = place.index === undefined ? 0 : (asNumber(event[place.index]) ?? 0);
    let texts = this.texts.get(place);
    if (texts === undefined) this.texts.set(place, (texts = []));
    if (texts[index] === undefined && !(index >= 0 && index < settings().limits.items)) return;
    (texts[index] ??= new GrowingText()).add(event['delta']);
  }

  /** The whole item has come: its pieces are let go. */
  finish(): void {
    this.texts.clear();
  }

  /** The item as the wire spells it, as far as it has come. */
  read(): Json {
    const item: Record<string, unknown> = { ...this.whole };
    const lists: Partial<Record<string, unknown[]>> = {};
    for (const [place, texts] of this.texts) {
      item['type'] ??= place.itemType;
      texts.forEach((text, index) => {
        if (place.list === undefined) item[place.member] = text.read();
        else (lists[place.list] ??= [])[index] = { type: place.type, [place.member]: text.read() };
      });
    }
    for (const [name, pieces] of Object.entries(lists)) item[name] = pieces?.filter((piece) => piece !== undefined);
    return item;
  }
}
