import { signOff } from '../../src/cli/sign-off.ts';
import type { SignOffAsk } from '../../src/cli/sign-off.ts';
import type { UntypedObject } from '../../src/kube/kube-object.ts';
import { createResourceClient } from '../../src/kube/resource-client.ts';
import { memoryPolicy, memoryRisk } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { liveIn } from './memory-story.ts';
import { conditionOf } from './traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;
export const owner = 'olga';

/** Two roles have to sign. */
export const signedTiers: readonly object[] = [
  { name: 'High', when: { criticality: ['High', 'Critical'] }, signOffRoles: ['product', 'compliance'] },
  { name: 'Low' },
];

export function signedPolicy(spec: Fields = {}, signal: Fields = {}): object {
  const written = memoryPolicy(signal) as { readonly spec: Fields };
  return { ...written, spec: { ...written.spec, tiers: signedTiers, ...spec } };
}

/** As admission stores it: with who wrote it. */
export function signedRisk(spec: Fields = {}, indicator: Fields = {}): object {
  const written = memoryRisk(indicator) as { readonly metadata: Fields; readonly spec: Fields };
  return {
    ...written,
    metadata: { ...written.metadata, annotations: { 'modelrisk.dev/contributors': owner } },
    spec: { ...written.spec, criticality: 'High', ...spec },
  };
}

/** As the plugin does it, by `author`; `changes` are merged over the spec of the decision. */
export async function sign(
  world: MemoryOperator,
  name: string,
  {
    author,
    role,
    changes = {},
    ...ask
  }: { readonly author: string; readonly role: string; readonly changes?: Fields } & Partial<SignOffAsk>,
): Promise<void> {
  const client = (plural: string, kind: string, namespaced = true) =>
    createResourceClient<UntypedObject>({
      transport: world.api,
      fieldManager: 'test',
      resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind, namespaced },
    });
  const report = await signOff({
    clients: {
      risks: client('modelrisks', 'ModelRisk'),
      policies: client('riskpolicies', 'RiskPolicy', false),
      plans: client('mitigationplans', 'MitigationPlan'),
      decisions: client('riskdecisions', 'RiskDecision'),
      selves: {
        create: (object) => Promise.resolve({ ok: true, value: { ...object, status: { userInfo: { username: author } } } as never }),
      },
    },
    ...{ at: { namespace: 'lending', name: 'credit' }, role, reason: 'Read it.', expiresAt: null, nowMs: world.clock.nowMs() },
    ...ask,
    dryRun: true,
  });
  if (!report.ok) throw new Error(report.failure);
  const { decision } = report.value as unknown as { readonly decision: { readonly spec: Fields } };
  world.api.apply('riskdecisions', { ...decision, metadata: { name, namespace: 'lending' }, spec: { ...decision.spec, ...changes } });
}

/** Both roles, by two people who wrote nothing. */
export async function signAll(world: MemoryOperator, prefix = 'first'): Promise<void> {
  await sign(world, `${prefix}-product`, { author: 'pia', role: 'product' });
  await sign(world, `${prefix}-compliance`, { author: 'carl', role: 'compliance' });
  await world.pass(3);
}

export interface SigningStatus {
  readonly digest: string;
  readonly signableDigest?: string;
  readonly signOffs?: readonly Fields[];
  readonly missingSignOffs?: readonly string[];
  readonly approvedVersions?: readonly Fields[];
  readonly signed?: Fields;
  readonly indicators?: readonly Fields[];
  readonly [field: string]: unknown;
}

export function signingStatus(world: MemoryOperator): SigningStatus {
  return (liveIn(world, 'modelrisks', 'credit') as unknown as { readonly status: SigningStatus }).status;
}

/** `False/Stale`. */
export function signedOff(world: MemoryOperator): string {
  const condition = conditionOf(liveIn(world, 'modelrisks', 'credit'), 'SignedOff');
  return `${String(condition?.status)}/${String(condition?.reason)}`;
}

export function signedOffMessage(world: MemoryOperator): string {
  return conditionOf(liveIn(world, 'modelrisks', 'credit'), 'SignedOff')?.message ?? '';
}
