/**
 * Runs the example of the README, sends its spans to the backend whose URL and headers are given, and prints as JSON what
 * was sent. Arguments: the name of a destination, a JSON array of what it is called with.
 */
import OpenAI from 'openai';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as destinations from 'decotel/configure';
import { Librarian } from '../../examples/librarian/dist/librarian.js';
import { startLoopbackOpenAI } from '../../examples/librarian/dist/loopback-openai.js';

const [, , name, given] = process.argv;
const server = await startLoopbackOpenAI();
const exporter = new InMemorySpanExporter();
const telemetry = destinations.configure({
  serviceName: 'librarian',
  processors: [destinations[name](...JSON.parse(given)), new SimpleSpanProcessor(exporter)],
});
const librarian = new Librarian(
  new OpenAI({ baseURL: server.baseURL, apiKey: 'any' }),
  'gpt-5-mini',
  'the town library',
);
let answer = '';
for await (const text of librarian.answer('Is “The Left Hand of Darkness” in, and what should I read after it?')) {
  answer += text;
}
await telemetry.forceFlush();
const sent = exporter.getFinishedSpans().map((span) => ({
  id: span.spanContext().spanId,
  traceId: span.spanContext().traceId,
  parent: span.parentSpanContext?.spanId ?? null,
  name: span.name,
  attributes: span.attributes,
}));
const { destinations: stats } = telemetry.stats();
await telemetry.shutdown();
await server.close();
console.log(JSON.stringify({ answer, sent, stats }));
