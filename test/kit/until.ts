// Waiting for what can be seen but not be told: numbers that another thread writes, files that appear.

/** Looks once in each turn of the event loop until `holds` is true; the test's own time limit ends a vain wait. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
