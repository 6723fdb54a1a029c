import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { WAYS, type Way } from './ways.js';

export interface ReplayOptions {
  folder: string;
  ways: readonly Way[];
  /** Only recordings whose `api/id` contains this. */
  only: string;
  /** Also compare spoilt spans, each of which must fail. */
  mutate: boolean;
  /** How often each stream is spoilt on the wire, instead of being compared with its recording. */
  spoil: number;
  /** How many answers and requests of each api are spoilt, likewise. */
  fuzz: number;
}

export const USAGE =
  `usage: npm run replay -- FOLDER [--way ${WAYS.join('|')}|both|all] [--only TEXT] ` +
  '[--mutate | --spoil N | --fuzz N]';

const SEVERAL_WAYS: Record<string, readonly Way[]> = { both: ['returned', 'observed'], all: WAYS };

export function parseArguments(argv: string[]): ReplayOptions {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      way: { type: 'string', default: 'all' },
      only: { type: 'string', default: '' },
      mutate: { type: 'boolean', default: false },
      spoil: { type: 'string', default: '0' },
      fuzz: { type: 'string', default: '0' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new Error('replay takes one folder of recordings');
  if (!existsSync(folder)) throw new Error(`no folder ${folder}`);
  const ways = SEVERAL_WAYS[values.way] ?? WAYS.filter((way) => way === values.way);
  if (ways.length === 0) throw new Error(`no way "${values.way}"`);
  const [spoil, fuzz] = [count('spoil', values.spoil), count('fuzz', values.fuzz)];
  if ([values.mutate, spoil > 0, fuzz > 0].filter(Boolean).length > 1) {
    throw new Error('one of --mutate, --spoil and --fuzz at a time');
  }
  return { folder, ways, only: values.only, mutate: values.mutate, spoil, fuzz };
}

function count(option: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`--${option} takes a number, not "${value}"`);
  return Number(value);
}
