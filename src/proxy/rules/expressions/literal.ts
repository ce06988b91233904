// Text outside braces.
import type { Part } from './part.ts';

export class Literal implements Part {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  expand(): string {
    return this.text;
  }

  inUrl(): Part {
    return this;
  }
}
