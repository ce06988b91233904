// Time comes in through an argument, everywhere: a test advances it, nothing sleeps.

export interface Clock {
  /** Milliseconds since 1970, for what people read. */
  wall(): number;
  /** Milliseconds with fractions from an arbitrary start, never going back; for durations and deadlines. */
  monotonic(): number;
  /** Calls `run` once after `delay` ms. The returned function calls it off. A waiting timer does not keep the process alive. */
  after(delay: number, run: () => void): () => void;
  /** Calls `run` every `interval` ms until the returned function is called. */
  every(interval: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, run) {
    const timer = setTimeout(run, delay);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(interval, run) {
    const timer = setInterval(run, interval);
    timer.unref();
    return () => clearInterval(timer);
  },
};
