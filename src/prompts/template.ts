/** A parsed prompt template. */
export interface PromptTemplate {
  readonly template: string;
  readonly name: string | undefined;
  readonly version: string;
}
