/** The core in a runtime other than Node: decorated functions and streams do what they do without decotel. */
import { strict as assert } from 'node:assert';
import { definePrompt, tool, withOtel } from 'decotel';

const lookUp = tool({ name: 'lookUp' })((title) => ({ title, shelf: 'B3' }));
const recommend = withOtel({ name: 'recommend' })(async (title) => lookUp(title).shelf);
const words = withOtel({ name: 'words' })(async function* (text) {
  yield* text.split(' ');
});

assert.equal(await recommend('Solaris'), 'B3');
const streamed = [];
for await (const word of words('an ocean that thinks')) streamed.push(word);
assert.deepEqual(streamed, ['an', 'ocean', 'that', 'thinks']);
assert.equal(String(definePrompt('Recommend a {genre} book')({ genre: 'fantasy' })), 'Recommend a fantasy book');
