import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { DecotelError } from '../core/decotel-error.js';
import { reportFailure } from '../core/report.js';
import { genAi } from '../dialects/gen-ai.js';
import { sessionOf, stepOf, type AuditedSession } from './audited-session.js';
import { aFunction } from './check-options.js';
import { checkDestination, destination, type Destination, type DestinationOptions } from './destination.js';
import { SpanForest } from './span-forest.js';
import { viewOf } from './span-view.js';
import { wishOf } from './wish.js';

/** `dialect` changes nothing here. */
export interface AuditOptions extends DestinationOptions {
  /** Gets each session once, when its root span has ended, well or badly: writes it to a store. */
  save: (session: AuditedSession) => void | Promise<void>;
}

/**
 * Keeps an audit: one record for each trace, with the question, the answer, the plan and what was used, for whoever asks
 * later ([docs/audit.md](../../docs/audit.md)). What `save` throws or rejects with is reported and counted as failed;
 * `forceFlush()` waits for it.
 *
 * ```ts
 * configure({ processors: [audit({ save: (session) => appendFile('audit.jsonl', `${JSON.stringify(session)}\n`) })] });
 * ```
 *
 * Throws a `DecotelError` for options that it does not take.
 */
export function audit(options: AuditOptions): Destination {
  if ((options as Partial<AuditOptions> | undefined)?.save === undefined) {
    throw new DecotelError('audit(): save is missing. Give the function that stores a session.');
  }
  checkDestination('audit()', options, { save: aFunction });
  const wish = wishOf(genAi, options);
  const saving = new Set<Promise<void>>();
  let exported = 0;
  let failed = 0;

  const save = async (session: AuditedSession): Promise<void> => {
    try {
      await options.save(session);
      exported++;
    } catch (failure) {
      failed++;
      reportFailure('audit(): a session could not be saved', failure);
    }
  };
  const forest = new SpanForest(
    (span: ReadableSpan) => stepOf(viewOf(span, wish)),
    (tree) => {
      const session = sessionOf(tree);
      if (session === undefined) return;
      const saved = save(session).finally(() => saving.delete(saved));
      saving.add(saved);
    },
  );
  const work = {
    name: 'audit',
    start: (span: ReadableSpan) => {
      forest.start(span);
    },
    end: (span: ReadableSpan) => {
      forest.end(span);
    },
    flush: async () => {
      await Promise.all(saving);
    },
    close: async () => {
      forest.giveIncomplete(true);
      await Promise.all(saving);
    },
    stats: () => ({ queued: forest.size + saving.size, exported, failed, lost: forest.lost }),
  };
  return destination(work, options);
}
