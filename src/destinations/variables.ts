import { warnOnce } from '../core/report.js';

/** The first of these environment variables that is set. */
export function textVariable(...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = process.env[name]?.trim() ?? '';
    if (value !== '') return value;
  }
  return undefined;
}

/** A variable that holds a number above 0; anything else is reported, and `otherwise` holds. */
export function numberVariable<T extends number | undefined>(name: string, otherwise: T): number | T {
  const value = textVariable(name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (number > 0) return number;
  const instead = otherwise === undefined ? 'it is ignored' : `${otherwise} is used`;
  warnOnce(`${name}=${value}: expected a number above 0; ${instead}`);
  return otherwise;
}
