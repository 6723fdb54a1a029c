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

const MEMBERS = {
  id: 'string',
  api: 'string',
  shape: 'string',
  request: 'object',
  response: 'object',
  expect: 'object',
};

function readRecording(file: string): Recording {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  for (const [name, type] of Object.entries(MEMBERS)) {
    const member: unknown = isObject(value) ? value[name] : undefined;
    if (typeof member !== type || member === null) throw new Error(`not a recording: no "${name}"`);
  }
  const recording = value as Recording;
  const bodies = BODIES.filter((member) => member in recording.response);
  if (bodies.length !== 1) throw new Error(`not a recording: ${bodies.length} response bodies instead of one`);
  if (!isObject(recording.request.body)) throw new Error('not a recording: no "request.body"');
  return recording;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
