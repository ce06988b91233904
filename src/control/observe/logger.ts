// The log of the command line's router: pino's JSON lines on stderr, so that stdout stays for `listening` and `ready`.
import type { Logger } from '../../base/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Each line has `level`, `time` (ISO 8601, UTC), the facts and `msg`. Lines are written before the call returns, so
 * that the last words of a process that ends are not lost.
 *
 * @param fd file descriptor to write to: stderr
 */
export async function createLogger(level: LogLevel = 'info', fd = 2): Promise<Logger> {
  // Loaded here, so that whoever brings a logger of their own does not pay for pino.
  const { pino } = await import('pino');
  const logger: Logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    pino.destination({ fd, sync: true }),
  );
  return logger;
}
