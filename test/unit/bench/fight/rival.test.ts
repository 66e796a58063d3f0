import { describe, expect, it } from '@jest/globals';
import { startRival } from '../../../../bench/fight/rival.ts';
import type { Writer } from '../../../../bench/fight/rival.ts';
import { APIError } from '../../../../testbed/api-client.ts';
import type { APIClient } from '../../../../testbed/api-client.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import { routeKinds } from '../../../../bench/effect/route-kinds.ts';

const manifest = { metadata: { name: 'credit', namespace: 'lending' }, spec: { hostnames: ['h'], rules: [{ name: 'score' }] } };

async function fought(writer: Writer, refuses: boolean) {
  const calls: object[] = [];
  const answer = (call: object): Promise<never> => {
    calls.push(call);
    return refuses ? Promise.reject(new APIError('apply', 409, {})) : Promise.resolve({ metadata: {} } as never);
  };
  const client = {
    apply: (_resource: object, object: object, options: object) => answer({ object, options }),
    merge: (_resource: object, at: object, patch: object) => answer({ at, patch }),
  } as unknown as APIClient;
  const clock = createManualClock();
  const [kind] = routeKinds;
  if (kind === undefined) throw new Error('no kind');
  const rival = startRival({ client, resource: kind.resource, manifest, writer, everyMs: 1000, clock });
  for (let seconds = 0; seconds < 3; seconds++) await clock.advance(1000);
  const stopping = rival.stop();
  await clock.advance(1000);
  await stopping;
  return { calls, counts: rival.counts };
}

describe('the loop that applies a manifest', () => {
  it.each([
    ['server-side', false],
    ['forced', true],
  ] as const)('applies %s once an interval, by force: %s', async (writer, force) => {
    const { calls, counts } = await fought(writer, false);
    expect(counts).toEqual({ applied: 4, refused: 0 });
    expect(calls[0]).toEqual({ object: manifest, options: { fieldManager: 'git-loop', force } });
  });

  it('writes client-side the fields a loop of kubectl apply would find changed', async () => {
    const { calls } = await fought('client-side', false);
    expect(calls[0]).toEqual({ at: { namespace: 'lending', name: 'credit' }, patch: { spec: { rules: [{ name: 'score' }] } } });
  });

  it('goes on when it is refused, and counts that', async () => {
    expect((await fought('server-side', true)).counts).toEqual({ applied: 0, refused: 4 });
  });
});
