// A step of changing a body: takes bytes in pieces of any size, gives bytes to the next step. What comes out does not
// depend on where the pieces are cut.

export interface BodyFilter {
  /** Takes buffer[start, end); what is kept for later is copied. @throws ProxyError when a rule fails */
  write(buffer: Buffer, start: number, end: number): void;
  /** No bytes follow. */
  end(): void;
}
