import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from './recording.js';

/** What a folder holds: its recordings, and the JSON files that are none, with the reason. */
export interface Folder {
  recordings: Recording[];
  unreadable: { file: string; reason: string }[];
}

/** Reads every `.json` file below `path`, however the recordings are spread over folders. */
export function readFolder(path: string): Folder {
  const folder: Folder = { recordings: [], unreadable: [] };
  for (const file of jsonFiles(path)) {
    try {
      folder.recordings.push(readRecording(file));
    } catch (error) {
      folder.unreadable.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return folder;
}

function jsonFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const BODIES = ['body', 'body_text', 'sse_text', 'ndjson_text', 'body_base64'];

function readRecording(file: string): Recording {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  for (const member of ['id', 'api', 'shape'] as const) {
    if (typeof value?.[member] !== 'string') throw new Error(`not a recording: no "${member}"`);
  }
  for (const member of ['request', 'response', 'expect'] as const) {
    if (typeof value[member] !== 'object' || value[member] === null) {
      throw new Error(`not a recording: no "${member}"`);
    }
  }
  const bodies = BODIES.filter((member) => member in value.response);
  if (bodies.length !== 1) throw new Error(`not a recording: ${bodies.length} response bodies instead of one`);
  return value;
}
