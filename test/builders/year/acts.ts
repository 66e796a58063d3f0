import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { signable, signedDigest, signedText } from '../../../src/api/signed-text.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { YearOperator } from './year-operator.ts';

/** What the story reads of a model, a plan and an incident: as anybody sees them. */
export interface SeenModel extends UntypedObject {
  readonly status?: {
    readonly digest?: string;
    readonly tier?: { readonly inherent: string };
    readonly review?: { readonly next?: string };
    readonly missingSignOffs?: readonly string[];
  };
}

export interface SeenPlan extends UntypedObject {
  readonly status?: { readonly digest?: string; readonly memory?: { readonly phase: string; readonly engagement?: number } };
}

export interface SeenIncident extends Pick<UntypedObject, 'metadata'> {
  readonly spec: {
    readonly planRef?: { readonly name: string; readonly digest: string };
    readonly riskRef: { readonly name: string; readonly digest: string };
    readonly report?: object;
    readonly openedAt: string;
  };
  readonly status?: {
    readonly entries?: readonly { readonly type: string }[];
    readonly closedAt?: string;
    readonly deadlines?: readonly { readonly name: string; readonly filedAt?: string }[];
    readonly findings?: readonly { readonly state: string; readonly remediation?: string }[];
  };
}

type Fields = Readonly<Record<string, unknown>>;

export const toText = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');

/** Writes decisions as admission lets them through, each under a name of its own. */
export class Decisions {
  readonly #world: YearOperator;
  #made = 0;

  constructor(world: YearOperator) {
    this.#world = world;
  }

  get made(): number {
    return this.#made;
  }

  decide(about: Pick<UntypedObject, 'metadata'>, kind: string, spec: Fields): string {
    const { namespace = '', name: subject, uid } = about.metadata;
    this.#made += 1;
    const name = `d${String(this.#made).padStart(5, '0')}`;
    this.#world.api.apply('riskdecisions', {
      apiVersion: 'modelrisk.dev/v1alpha1',
      kind: 'RiskDecision',
      metadata: { name, namespace },
      spec: { author: 'ana', role: 'risk', reason: 'Seen.', subjectRef: { kind, name: subject, uid }, ...spec },
    });
    return name;
  }

  onModel(model: SeenModel, spec: Fields): string {
    const digest = spec['action'] === 'ReportIncident' ? {} : { digest: model.status?.digest ?? '' };
    return this.decide(model, 'ModelRisk', { ...digest, ...spec });
  }

  onPlan(plan: SeenPlan, spec: Fields): string {
    return this.decide(plan, 'MitigationPlan', { digest: plan.status?.digest ?? '', ...spec });
  }

  onIncident(incident: SeenIncident, spec: Fields): string {
    const { planRef, riskRef } = incident.spec;
    return this.decide(incident, 'RiskIncident', { digest: (planRef ?? riskRef).digest, ...spec });
  }

  /** As the plugin signs: the text of the model as it is. */
  signOff(model: SeenModel, policy: UntypedObject, spec: Fields): string {
    const risk = parseModelRisk(model);
    const read = parseRiskPolicy(policy);
    if (!risk.ok) throw new Error(risk.failure.join('; '));
    if (!read.ok) throw new Error(read.failure.join('; '));
    const plans = this.#world.api.list('mitigationplans').flatMap((object) => {
      const plan = parseMitigationPlan(object);
      return plan.ok && plan.value.spec.riskRef.name === model.metadata.name && object.metadata.namespace === model.metadata.namespace
        ? [plan.value]
        : [];
    });
    const signed = signedText(signable(risk.value, read.value.spec, plans));
    return this.decide(model, 'ModelRisk', { action: 'SignOff', signed, digest: signedDigest(signed), ...spec });
  }
}
