import { describe, expect, it } from '@jest/globals';
import { createInbox } from '../../../../src/signals/inbox/inbox.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import { memoryRisk } from '../../../builders/memory-operator.ts';
import { pushRequest, reviewingTransport, sender } from '../../../builders/pushing.ts';
import type { UntypedObject } from '../../../../src/kube/kube-object.ts';

type Fields = Readonly<Record<string, unknown>>;

function aRisk(status: Fields): UntypedObject {
  const risk = memoryRisk() as { readonly metadata: object };
  const metadata = { ...risk.metadata, uid: 'u', resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z', generation: 1 };
  return { ...risk, metadata, status: { observedGeneration: 1, ...status } } as unknown as UntypedObject;
}

const approved = { version: '2.3.0', digest: `sha256:${'0'.repeat(64)}`, roles: ['product'], at: '2026-06-01T12:00:00Z' };
const signed = { approvedVersions: [approved] };

interface Asking {
  readonly status?: Fields;
  readonly method?: string;
  readonly authorization?: string;
  readonly isLeading?: boolean;
}

async function ask(query: string, { status = signed, method = 'GET', authorization = 'Bearer anna', isLeading = true }: Asking = {}) {
  const transport = reviewingTransport({ anna: ['lending'], bert: [] });
  const clock = createManualClock();
  const uses = { pushesIn: () => [], alertUses: () => [] };
  const findRisk = (namespace: string, name: string) => (namespace === 'lending' && name === 'credit' ? aRisk(status) : undefined);
  const send = sender({ transport, clock, inbox: createInbox(clock), uses, findRisk, isLeading: () => isLeading });
  const reply = await send(pushRequest('/v1/gate', '', { method, query, authorization }));
  const reviews = transport.requests.filter(({ resource }) => resource === 'subjectaccessreviews');
  return {
    ...reply,
    body: reply.body as { readonly message?: string; readonly decision?: string; readonly items?: readonly object[] },
    reviews,
  };
}

const asked = 'namespace=lending&model=credit&version=2.3.0';

describe('GET /v1/gate', () => {
  it('is 200 for go', async () => {
    expect(await ask(asked)).toMatchObject({ status: 200, body: { decision: 'Go', version: '2.3.0', items: [] } });
  });

  it('is 409 for no-go, with every open item', async () => {
    const answer = await ask(asked, { status: { missingSignOffs: ['product'], openIncidents: ['credit-1'] } });
    expect([answer.status, answer.body.decision]).toEqual([409, 'NoGo']);
    expect(answer.body.items).toMatchObject([{ kind: 'SignOffMissing' }, { kind: 'IncidentOpen' }]);
  });

  it('lets off what may be waived, and says what may not', async () => {
    const status = { ...signed, openIncidents: ['credit-1'] };
    expect((await ask(`${asked}&waive=IncidentOpen`, { status })).status).toBe(200);
    expect(await ask(`${asked}&waive=SignOffMissing`, { status })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("can't be waived") },
    });
  });

  it('is answered by a replica that does not lead', async () => {
    expect((await ask(asked, { isLeading: false })).status).toBe(200);
  });

  it.each(['', 'namespace=lending&model=credit', 'namespace=&model=credit&version=1'])('says what to ask for (%s)', async (query) => {
    const { status, body, reviews } = await ask(query);
    expect([status, body.message, reviews]).toEqual([400, expect.stringContaining('/v1/gate?namespace=NAMESPACE'), []]);
  });

  it('asks the API server whether the asker may read ModelRisks there, before it looks', async () => {
    const { status, reviews } = await ask(asked);
    expect(status).toBe(200);
    expect(reviews[0]?.body).toMatchObject({
      spec: { user: 'anna', resourceAttributes: { verb: 'get', group: 'modelrisk.dev', resource: 'modelrisks', namespace: 'lending' } },
    });
    for (const query of [asked, 'namespace=lending&model=ghost&version=1'])
      expect(await ask(query, { authorization: 'Bearer bert' })).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('modelrisk-viewer') },
      });
  });

  it('knows neither strangers nor other methods, nor models that are not there', async () => {
    expect((await ask(asked, { authorization: 'Bearer nobody' })).status).toBe(401);
    expect((await ask(asked, { method: 'POST' })).status).toBe(405);
    expect((await ask('namespace=lending&model=ghost&version=1')).status).toBe(404);
  });
});
