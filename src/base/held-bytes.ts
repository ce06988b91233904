// Bytes that have come and are not used yet. The first piece is held as it is; further ones are copied into a buffer
// that doubles, so that a peer who sends single bytes costs no more than their number.

export class HeldBytes {
  buffer: Buffer | null = null;
  start = 0;
  end = 0;
  #own = false;

  get length(): number {
    return this.end - this.start;
  }

  append(piece: Buffer): void {
    if (this.buffer === null) {
      this.buffer = piece;
      this.end = piece.length;
      return;
    }
    const held = this.length;
    const needed = held + piece.length;
    if (!this.#own || this.end + piece.length > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(1024, needed * 2));
      this.buffer.copy(larger, 0, this.start, this.end);
      this.buffer = larger;
      this.#own = true;
      this.start = 0;
      this.end = held;
    }
    piece.copy(this.buffer, this.end);
    this.end += piece.length;
  }

  /** The bytes before `offset` of `buffer` are used. */
  consumeTo(offset: number): void {
    this.start = offset;
    if (offset === this.end) this.clear();
  }

  clear(): void {
    this.buffer = null;
    this.start = 0;
    this.end = 0;
    this.#own = false;
  }
}
