import type { EpochMs } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { SignalRequest } from '../port.ts';
import type { Sample } from './answer.ts';
import { demultiplex, identityValues } from './demultiplex.ts';
import { planQuery } from './query-plan.ts';
import { readDataTime } from './reading.ts';
import { unusableAnswer, type ShapeQuery } from './source.ts';

/** The series of one model in one window, as they are. */
export interface CountsRead {
  readonly rows: readonly Sample[];
  readonly dataTimeMs: EpochMs;
  /** As it was sent. */
  readonly query: string;
}

/** Whose counts, by which query of a statistic. */
export type CountRequest = Pick<SignalRequest, 'identity' | 'served'> & {
  readonly signal: Omit<Extract<SignalRequest['signal'], { readonly kind: 'Statistic' }>, 'statistic'>;
};

/** Asks for the counts of one model alone, once: for a person who wants to keep them. The failure is one sentence. */
export async function readCounts(
  request: CountRequest,
  { client, abort }: Pick<ShapeQuery, 'client' | 'abort'>,
): Promise<Result<CountsRead, string>> {
  const { signal, identity, served } = request;
  const plan = planQuery(signal, { namespace: identity.namespace, only: [identity.namespace] });
  if (!plan.ok) return failure(`the query of the signal can't be asked: ${plan.failure.message}`);
  const answer = await client.query(plan.value.text, { owner: null, abort });
  if (!answer.ok) return failure(`provider ${signal.provider} ${answer.failure.message}`);
  const unusable = unusableAnswer(answer.value);
  if (unusable !== null) return failure(unusable.message);
  const answered = demultiplex(answer.value.kind === 'Vector' ? answer.value.samples : [], plan.value);
  const owner = identityValues(signal.identityLabels, identity, served);
  const rows = answered.series('value', owner);
  if (rows.length === 0)
    return failure(
      `the query has no series for ${plan.value.identityLabels.map((label, at) => `${label}="${owner[at] ?? ''}"`).join(', ')}`,
    );
  const time = readDataTime(answered, owner);
  return time.ok ? success({ rows, dataTimeMs: time.value, query: plan.value.text }) : failure(time.failure.message);
}
