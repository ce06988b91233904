// Waits for what has no event of its own: a number in the router's status, say.

/** Looks once in each turn of the event loop until `holds` is true; the test's own time-out is the end of it. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when `value` has been the same for so many turns of the event loop that whatever moved it has come to a halt. */
export async function settled(value: () => number): Promise<void> {
  let before = value();
  for (let turns = 0; turns < 200; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (value() !== before) turns = 0;
    before = value();
  }
}
