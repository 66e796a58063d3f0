import { parseModelRisk } from '../api/model-risk.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { toInstant } from '../api/instant.ts';
import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import { maxSignedLength, signable, signedDigest, signedText } from '../api/signed-text.ts';
import type { NewObject, ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { whoAmI } from './author.ts';
import type { DecidingClients } from './author.ts';
import { decisionName } from './decision-name.ts';
import { listAll } from './list-all.ts';
import { foreignRole } from './misnamed.ts';

export interface SignOffClients extends DecidingClients {
  readonly policies: Pick<ResourceClient<UntypedObject>, 'get'>;
  readonly plans: Pick<ResourceClient<UntypedObject>, 'listPage'>;
}

export interface SignOffAsk {
  readonly clients: SignOffClients;
  readonly at: ObjectReference;
  readonly role: string;
  readonly reason: string;
  /** RFC 3339; null: as long as the policy lets it. */
  readonly expiresAt: string | null;
  /** Nothing is written: the decision is answered as it would be. */
  readonly dryRun: boolean;
  readonly nowMs: EpochMs;
}

export interface SignOffReport {
  readonly decision: NewObject<UntypedObject>;
  readonly sentences: readonly string[];
}

/** `kubectl modelrisk sign-off MODEL --role ROLE`: reads what there is to sign, and signs just that. Failure: one sentence. */
export async function signOff(ask: SignOffAsk): Promise<Result<SignOffReport, string>> {
  const { clients, at, role, dryRun } = ask;
  const risk = await readRisk(clients, at);
  if (!risk.ok) return risk;
  const foreign = foreignRole(risk.value, role);
  if (foreign !== null) return failure(foreign);
  const text = await textOf(clients, risk.value);
  if (!text.ok) return text;
  const where = `ModelRisk ${at.namespace ?? ''}/${at.name}`;
  const author = await whoAmI(clients);
  const decision = decisionOn(risk.value, text.value, { ...ask, author });
  const covered = `version ${risk.value.spec.model.version}, digest ${signedDigest(text.value)}`;
  if (dryRun) return success({ decision, sentences: [JSON.stringify(decision, null, 2)] });
  const created = await clients.decisions.create(decision);
  if (!created.ok) return failure(`${where} was not signed off: ${created.failure.message}`);
  const name = created.value.metadata.name;
  return success({
    decision,
    sentences: [
      `${where} signed off in role ${role} (${covered}) by RiskDecision ${name}; its condition Valid says whether it counts: kubectl get riskdecision ${name} -n ${at.namespace ?? ''} -o wide`,
    ],
  });
}

async function readRisk({ risks }: SignOffClients, at: ObjectReference): Promise<Result<ModelRisk, string>> {
  const where = `ModelRisk ${at.namespace ?? ''}/${at.name}`;
  const read = await risks.get(at);
  if (!read.ok) return failure(`${where} can't be read: ${read.failure.message}`);
  const parsed = parseModelRisk(read.value);
  return parsed.ok ? parsed : failure(`${where} is not readable: ${parsed.failure.join('; ')}`);
}

/** The same text the operator computes, or none: else something would be signed that nobody asks for. */
async function textOf({ policies, plans }: SignOffClients, risk: ModelRisk): Promise<Result<string, string>> {
  const { name } = risk.spec.policyRef;
  const read = await policies.get({ namespace: null, name });
  if (!read.ok) return failure(`RiskPolicy ${name} can't be read: ${read.failure.message}`);
  const policy = parseRiskPolicy(read.value);
  if (!policy.ok) return failure(`RiskPolicy ${name} is not readable: ${policy.failure.join('; ')}`);
  const protecting = await plansOf(plans, risk);
  if (!protecting.ok) return protecting;
  const text = signedText(signable(risk, policy.value.spec, protecting.value));
  const where = `ModelRisk ${risk.metadata.namespace ?? ''}/${risk.metadata.name}`;
  if (text.length > maxSignedLength)
    return failure(
      `${where} has ${text.length} characters to sign and ${maxSignedLength} are the most: keep pinned references in ConfigMaps, drop indicators, or give models of one plan each a ModelRisk of their own.`,
    );
  const { signableDigest } = risk.status;
  if (signableDigest !== signedDigest(text))
    return failure(
      `${where}: the operator has ${signableDigest === undefined ? 'nothing to sign yet' : `${signableDigest} to sign, not ${signedDigest(text)}`}; try again when it has looked at the last edit, with a plugin of its version.`,
    );
  return success(text);
}

/** Plans that name it: what they do is signed with it. */
async function plansOf(plans: SignOffClients['plans'], { metadata }: ModelRisk): Promise<Result<readonly MitigationPlan[], string>> {
  const namespace = metadata.namespace ?? '';
  const read = await listAll(plans, namespace);
  if (!read.ok) return failure(`MitigationPlans of ${namespace}, which are signed with the model, can't be read: ${read.failure.message}`);
  const found: MitigationPlan[] = [];
  for (const object of read.value) {
    const parsed = parseMitigationPlan(object);
    const { spec } = object as { readonly spec?: { readonly riskRef?: { readonly name?: string } } };
    if (spec?.riskRef?.name !== metadata.name) continue;
    if (!parsed.ok) return failure(`MitigationPlan ${namespace}/${object.metadata.name} is not readable: ${parsed.failure.join('; ')}`);
    found.push(parsed.value);
  }
  return success(found);
}

function decisionOn(
  { metadata }: ModelRisk,
  signed: string,
  { role, reason, expiresAt, nowMs, author }: SignOffAsk & { readonly author: string | null },
): NewObject<UntypedObject> {
  const stamp = toInstant(nowMs).replaceAll(/\D/g, '').slice(0, 14);
  return {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name: decisionName(metadata.name, `sign-off-${role}-${stamp}`), namespace: metadata.namespace ?? '' },
    spec: {
      ...{ action: 'SignOff', role, reason, signed, digest: signedDigest(signed) },
      ...(author === null ? {} : { author }),
      subjectRef: { kind: 'ModelRisk', name: metadata.name, uid: metadata.uid },
      ...(expiresAt === null ? {} : { expiresAt }),
    },
  };
}
