import { providerForHost, providerForUrl } from '../../src/providers/hosts.js';

describe('providerForHost', () => {
  it.each([
    ['api.openai.com', 'openai'],
    ['eu.api.openai.com', 'openai'],
    ['API.OpenAI.com.', 'openai'],
    ['api.anthropic.com', 'anthropic'],
    ['my-resource.openai.azure.com', 'azure.ai.openai'],
    ['my-resource.cognitiveservices.azure.com', 'azure.ai.openai'],
    ['my-resource.services.ai.azure.com', 'azure.ai.inference'],
    ['models.inference.ai.azure.com', 'azure.ai.inference'],
    ['mistral-large.eastus2.inference.ai.azure.com', 'azure.ai.inference'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'aws.bedrock'],
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'aws.bedrock'],
    ['bedrock-runtime.cn-north-1.amazonaws.com.cn', 'aws.bedrock'],
    ['bedrock-mantle.eu-central-1.api.aws', 'aws.bedrock'],
    ['vpce-0a1b.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'aws.bedrock'],
    ['generativelanguage.googleapis.com', 'gcp.gemini'],
    ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['europe-west4-aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['aiplatform.eu.rep.googleapis.com', 'gcp.vertex_ai'],
    ['api.groq.com', 'groq'],
    ['api.deepseek.com', 'deepseek'],
    ['api.mistral.ai', 'mistral_ai'],
    ['codestral.mistral.ai', 'mistral_ai'],
    ['api.x.ai', 'x_ai'],
    ['us-east-1.api.x.ai', 'x_ai'],
    ['api.perplexity.ai', 'perplexity'],
    ['api.cohere.com', 'cohere'],
    ['us-south.ml.cloud.ibm.com', 'ibm.watsonx.ai'],
    ['openrouter.ai', 'openrouter'],
    ['router.huggingface.co', 'huggingface'],
    ['api-inference.huggingface.co', 'huggingface'],
    ['mine.us-east-1.aws.endpoints.huggingface.cloud', 'huggingface'],
    ['api.voyageai.com', 'voyageai'],
  ])('knows %s', (host, name) => {
    expect(providerForHost(host)).toBe(name);
  });

  it.each([
    'localhost',
    '127.0.0.1',
    '[::1]',
    '',
    'example.com',
    'huggingface.co',
    's3.us-east-1.amazonaws.com',
    'storage.googleapis.com',
    'api.openai.com.example.com',
    'notapi.openai.com',
    'myapi.groq.com.evil.net',
  ])('does not guess whose "%s" is', (host) => {
    expect(providerForHost(host)).toBeUndefined();
  });
});

describe('providerForUrl', () => {
  it('knows Azure OpenAI by its paths, behind any gateway', () => {
    const path = '/openai/deployments/mine/chat/completions?api-version=2025-01-01';
    expect(providerForUrl(new URL(`https://gateway.example.com${path}`))).toBe('azure.ai.openai');
    expect(providerForUrl(new URL('https://api.groq.com/openai/v1'))).toBe('groq');
    expect(providerForUrl(new URL('http://127.0.0.1:8080/v1'))).toBeUndefined();
  });
});
