import { aFunction, flag } from './check-options.js';
import { checkDestination, destination, type Destination, type DestinationOptions } from './destination.js';
import { factsOf } from './span-facts.js';
import { SpanForest } from './span-forest.js';
import { lineWidth, painter, wantsColor } from './terminal.js';
import { treeText } from './tree-text.js';

/** `content`, `dialect` and `limits` change nothing here: the tree shows no content. */
export interface ConsoleTreeOptions extends DestinationOptions {
  /** Gets one tree of several lines. Default: writes to standard output. */
  write?: (text: string) => void;
  /** Default: `FORCE_COLOR`, else `NO_COLOR`, else whether standard output is a terminal. */
  color?: boolean;
}

/**
 * Prints a trace as a tree when its local root has ended: names, models, tokens in and out, finish reasons (how
 * many documents, dimensions), time to the first chunk, durations and how calls ended; no content. Spans of others are dim. What ends after its root is printed
 * on its own, as late; what is still open when the process ends, as still running.
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function consoleTree(options: ConsoleTreeOptions = {}): Destination {
  checkDestination('consoleTree()', options, { write: aFunction, color: flag });
  const { stdout } = process;
  const write = options.write ?? ((text: string) => void stdout.write(text));
  const paint = painter(options.color ?? wantsColor(options.write === undefined && stdout.isTTY));
  const forest = new SpanForest(factsOf, (tree) => {
    const width = lineWidth(options.write === undefined ? stdout.columns : undefined);
    write(treeText(tree, paint, width));
  });
  return destination(
    {
      name: 'consoleTree',
      start: (span) => {
        forest.start(span);
      },
      end: (span) => {
        forest.end(span);
      },
      flush: () => {
        forest.giveIncomplete(false);
      },
      close: () => {
        forest.giveIncomplete(true);
      },
      stats: () => ({ queued: forest.size, exported: forest.given, failed: 0, lost: forest.lost }),
    },
    options,
  );
}
