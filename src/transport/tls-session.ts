// The last TLS session of a server, which shortens the next handshake. It stands for a verification that has been passed, so
// that it serves only what would be verified in the same way: one for each pool (DESIGN 5).

export class TlsSession {
  #bytes: Buffer | null = null;
  /** When the certificate ends that was verified, wall-clock ms. */
  #until = Number.NEGATIVE_INFINITY;

  /** A whole verification was passed. @param until wall-clock ms */
  verified(until: number): void {
    this.#until = until;
  }

  keep(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  forget(): void {
    this.#bytes = null;
  }

  /** What to offer; undefined: nothing. */
  get offer(): Buffer | undefined {
    return this.#bytes !== null && Date.now() < this.#until ? this.#bytes : undefined;
  }
}
