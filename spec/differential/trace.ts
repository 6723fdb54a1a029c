/** An error's facts beside its message. */
const ERROR_MEMBERS = ['code', 'status', 'cause'];
const DEEPEST = 4;

/**
 * What the source and its consumer saw, one line each, in order. Objects are numbered as they turn up, so that two runs
 * can be compared: the same number is the same object.
 */
export class Trace {
  readonly lines: string[] = [];
  private readonly numbers = new Map<unknown, number>();
  private count = 0;
  /** Objects that the method made and that have not come out yet. */
  private readonly expected: object[] = [];

  note(what: string, ...values: unknown[]): void {
    this.lines.push([what, ...values.map((value) => this.text(value))].join(' '));
  }

  /** The method made this object to hand it out. */
  made<V>(value: V): V {
    if (isObject(value) && !this.numbers.has(value)) {
      this.numberOf(value);
      this.expected.push(value);
    }
    return value;
  }

  /** The consumer received `value`. One that the method did not make takes the number of the one of its class. */
  arrives(value: unknown): void {
    if (!isObject(value)) {
      this.note('gets', value);
      return;
    }
    const known = this.numbers.has(value);
    const index = this.expected.findIndex((made) => (known ? made === value : classOf(made) === classOf(value)));
    const [original] = index < 0 ? [] : this.expected.splice(index, 1);
    if (!known && original !== undefined) this.numbers.set(value, this.numberOf(original));
    this.note(`gets ${known ? 'the same' : 'another'}`, value);
  }

  /** Runs a piece of the consumer's work and notes what came of it. */
  async attempt(what: string, work: () => unknown): Promise<void> {
    try {
      this.note(`${what}:`, await work());
    } catch (error) {
      this.note(`${what} fails:`, error);
    }
  }

  /** The same without a wait. */
  try(what: string, work: () => unknown): void {
    try {
      this.note(`${what}:`, work());
    } catch (error) {
      this.note(`${what} fails:`, error);
    }
  }

  private text(value: unknown, depth = 0): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (!isObject(value)) return String(value);
    const number = `#${this.numberOf(value)}`;
    if (typeof value === 'function') return `function${number}`;
    return `${this.content(value, depth)}${number}`;
  }

  private content(value: object, depth: number): string {
    const name = classOf(value);
    if (Array.isArray(value)) return `[${value.map((item) => this.text(item, depth + 1)).join(', ')}]`;
    if (ArrayBuffer.isView(value)) return `${name}[${[...(value as Uint8Array)].join(' ')}]`;
    if (isError(value)) {
      const facts = ERROR_MEMBERS.filter((member) => member in value).map((member) =>
        [member, this.text(Reflect.get(value, member), depth + 1)].join('='),
      );
      return [name, value.name, JSON.stringify(value.message), ...facts].join(' ');
    }
    if (name !== 'Object' || depth > DEEPEST) return name;
    const members = Object.entries(Object.getOwnPropertyDescriptors(value))
      .filter(([, own]) => own.enumerable === true)
      // Node's web streams give `{ done, value }` in the one order or the other.
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, own]) => `${key}: ${'value' in own ? this.text(own.value, depth + 1) : 'getter'}`);
    return `{${members.join(', ')}}`;
  }

  private numberOf(value: unknown): number {
    let number = this.numbers.get(value);
    if (number === undefined) this.numbers.set(value, (number = ++this.count));
    return number;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Of any realm. */
function isError(value: object): value is Error {
  return 'message' in value && 'stack' in value;
}

export function classOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  return prototype === null ? 'Object' : String(prototype.constructor?.name);
}
