// Measures one row in interleaved rounds: every round drives each participant once, each round beginning with another.
import { sayMissing } from '../proxies/running-proxy.ts';
import { Contender, type Sample } from './contender.ts';
import type { Participant, Row } from './row.ts';

export interface Measured {
  label: string;
  /** One for each round, in the order of the rounds: samples of one index belong together. */
  samples: Sample[];
}

/** How long and where: the same for every row of a run. */
export interface RunConditions {
  rounds: number;
  /** Of load for each participant in each round. */
  seconds: number;
  /** Folder for what the proxies write. */
  scratch: string;
  /** Takes one line for each round. */
  say(line: string): void;
}

/** Takes one sample of one participant. */
type TakeSample = (participant: Participant) => Promise<Sample>;

/** A participant that does not start, or fails a request, is left out of the row, and that is said. */
export async function runRow(
  row: Row,
  participants: readonly Participant[],
  conditions: RunConditions,
): Promise<Measured[]> {
  // Variants of one proxy share its port: they are started in turn instead of running side by side.
  const shared = new Set(participants.map(({ proxy }) => proxy)).size < participants.length;
  return shared ? runInTurn(row, participants, conditions) : runSideBySide(row, participants, conditions);
}

async function runSideBySide(
  row: Row,
  participants: readonly Participant[],
  conditions: RunConditions,
): Promise<Measured[]> {
  const contenders = new Map<Participant, Contender>();
  try {
    for (const participant of participants) {
      const started = Contender.start(row, participant, conditions.scratch);
      const contender = await started.catch((error) => sayMissing(participant.label, error));
      if (contender) contenders.set(participant, contender);
    }
    if (row.pace !== null) await slowDown([...contenders.values()], row.pace);
    const take: TakeSample = (participant) => contenders.get(participant)!.sample(conditions.seconds);
    return await interleave(row, [...contenders.keys()], take, conditions);
  } finally {
    for (const contender of contenders.values()) await contender.stop();
  }
}

async function runInTurn(row: Row, participants: readonly Participant[], conditions: RunConditions) {
  const take: TakeSample = async (participant) => {
    const contender = await Contender.start(row, participant, conditions.scratch);
    return contender.sample(conditions.seconds).finally(() => contender.stop());
  };
  return interleave(row, participants, take, conditions);
}

async function interleave(
  row: Row,
  participants: readonly Participant[],
  take: TakeSample,
  { rounds, say }: RunConditions,
): Promise<Measured[]> {
  const present = new Map(participants.map((one) => [one, { label: one.label, samples: [] as Sample[] }]));
  for (let round = 0; round < rounds; round++) {
    for (const participant of rotated([...present.keys()], round)) {
      try {
        present.get(participant)!.samples.push(await take(participant));
      } catch (error) {
        sayMissing(participant.label, error);
        present.delete(participant);
      }
    }
    const latest = [...present.values()].map(({ label, samples }) => `${label} ${samples.at(-1)!.cpu.toFixed(1)}`);
    say(`${row.name} ${round + 1}/${rounds}: ${latest.join('  ')}`);
  }
  return [...present.values()];
}

/** The same rate for all, so that their latencies compare: the wanted part of what the slowest of them can do. */
async function slowDown(contenders: readonly Contender[], pace: number): Promise<void> {
  const rate = Math.min(...contenders.map(({ saturatedRate }) => saturatedRate)) * pace;
  for (const contender of contenders) await contender.slowDownTo(rate);
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % Math.max(list.length, 1);
  return [...list.slice(start), ...list.slice(0, start)];
}
