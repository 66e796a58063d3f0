import { parseArgs } from 'node:util';
import { failure, success } from '../shared/result.ts';
import { readDataTime } from '../signals/data-time.ts';
import { actCommand, actUsage } from './act-arguments.ts';
import { actOptions } from './act-command.ts';
import type { ActCommand, ActSwitches } from './act-command.ts';
import type { Result } from '../shared/result.ts';
import type { GateCommand } from './gate.ts';
import { gateCommand } from './gate-arguments.ts';
import { droppedFlag } from './flag-homes.ts';
import { noSuchCommand } from './help.ts';
import { nearest } from './nearest.ts';
import { readPeriodDays } from './period.ts';
import { reportCommand, reportUsage } from './report-arguments.ts';
import type { ReportCommand } from './report-arguments.ts';
import { packCommand, packOptions, packUsage } from './pack-arguments.ts';
import type { PackCommand, PackSwitches } from './pack-arguments.ts';

export const usage = `kubectl modelrisk: keeps live models inside accepted risk

  kubectl modelrisk explain NAME [-n NAMESPACE]        the arithmetic of a ModelRisk's verdicts and loss, from the objects alone
  kubectl modelrisk doctor [-n NAMESPACE | -A]         what keeps models from being guarded as written, a line each; exit code 1
                                                       when something is wrong
  kubectl modelrisk backlog [-n NAMESPACE | -A] [--policy NAME]
                                                       remediations of all models, ranked by what a week of work brings, and why
  kubectl modelrisk list [-n NAMESPACE | -A]           every model: tier, owner, documents, reviews and what is missing, and
                                                       what looks like a model and has no ModelRisk, as far as you may see
  kubectl modelrisk playbook NAME [-n NAMESPACE]       what a ModelRisk and its plans are held to, and who says so: the model, the
                                                       plan, the playbook or a floor of its tier, or the default
  kubectl modelrisk reviews [-n NAMESPACE | -A]        whose review is due when, the most urgent first; exit code 1 when one is overdue
  kubectl modelrisk sign-off NAME --role ROLE [-n NAMESPACE]
                                                       sign a ModelRisk off as it is now; needs the verb signoff on the role
      --reason TEXT       for the record
      --expires-at TIME   when it ends, e.g. 2027-01-31T00:00:00Z
      --dry-run           print the RiskDecision with all that would be signed, and write nothing
  kubectl modelrisk gate --model NAME --version V [-n NAMESPACE] [--waive ITEM,...]
                                                       may this version go out, and what stands in the way; exit code 0: go,
                                                       1: no-go, 2: nobody can tell (docs/gate.md)
  kubectl modelrisk metrics [-n NAMESPACE | -A] [--period DAYS]
                                                       figures of the programme: times, escaped incidents, precision, reviews, overrides
${reportUsage}${packUsage}  kubectl modelrisk audit verify [-n NAMESPACE | -A]   recompute the record's hash chain, of each namespace by itself
      --export FILE       check what an audit sink holds (JSON lines), and the cluster against it
      --offline           with --export: by itself, no cluster is asked
      --against FILE      with --export: against a file of audit export, no cluster is asked
  kubectl modelrisk audit export [-n NAMESPACE | -A]   print the record as an audit sink gets it
${actUsage}  kubectl modelrisk drill PLAN [-n NAMESPACE]          ask the operator to try a plan out with a synthetic breach; needs the verb drill
      --wait SECONDS      wait for what it comes to; exit code 1 unless it passed
      --dry-run           compute it here instead, from the objects alone: a table of stages and targets, exit code 1 if one fails
      --patch-kinds LIST  with --dry-run, of patch targets: their kinds, as the operator was given them
  kubectl modelrisk restore KIND NAME [-n NAMESPACE]   give a target back from its journal alone, no operator needed
  kubectl modelrisk restore --all [-n NAMESPACE | -A]  give every target back that carries a journal
      --patch-kinds LIST  of patch targets: their kinds, as the operator was given them (group/version/plural/Kind,...)
      --drop-finalizers   then let plans go that are being deleted while no operator runs: takes modelrisk.dev/restore off
                          all plans there, so that they, their namespace and the CRDs can be deleted
  kubectl modelrisk propose KIND NAME [-n NAMESPACE]   print what to commit to Git so that the limit in force stays when it is
                                                       released (docs/gitops.md, mode C); writes nothing
  kubectl modelrisk reference capture NAME --indicator INDICATOR [-n NAMESPACE]
                                                       read the counts of the live window, to measure drift from them
      --prometheus URL    where to ask, if the provider's address is known inside of the cluster only
      -o yaml|json        how to print the reference (default yaml: paste it under signal of the indicator)
      --config-map NAME   keep the counts in this ConfigMap, and in the ModelRisk where they are and their digest
      --apply             write it into the ModelRisk instead (and into the ConfigMap before)

Flags: -n/--namespace NAMESPACE (default: the kubeconfig's), -A/--all-namespaces, --kubeconfig FILE, --context NAME, --json (or -o json)
`;

export type Command =
  | { readonly kind: 'Help' }
  | { readonly kind: 'AuditVerify' }
  | { readonly kind: 'AuditExport' }
  | VerifyExport
  | { readonly kind: 'Backlog'; /** Null: that of the models. */ readonly policy: string | null }
  | { readonly kind: 'Doctor' }
  | GateCommand
  | { readonly kind: 'Reviews' }
  | { readonly kind: 'Incidents' }
  | { readonly kind: 'Metrics'; readonly periodDays: number }
  | ActCommand
  | ReportCommand
  | PackCommand
  | { readonly kind: 'List' }
  | { readonly kind: 'Playbook'; readonly name: string }
  | { readonly kind: 'Explain'; readonly name: string }
  | { readonly kind: 'Propose'; readonly targetKind: string; readonly name: string }
  | {
      readonly kind: 'Drill';
      readonly plan: string;
      readonly dryRun: boolean;
      readonly waitSeconds: number;
      readonly patchKinds: string | null;
    }
  | { readonly kind: 'Restore'; readonly targetKind: string; readonly name: string; readonly patchKinds: string | null }
  | { readonly kind: 'RestoreAll'; readonly dropFinalizers: boolean; readonly patchKinds: string | null }
  | SignOffCommand
  | ReferenceCapture;

export interface VerifyExport {
  readonly kind: 'VerifyExport';
  readonly file: string;
  /** Null: the cluster, unless it is offline. */
  readonly against: string | null;
  readonly offline: boolean;
}

export interface SignOffCommand {
  readonly kind: 'SignOff';
  readonly name: string;
  readonly role: string;
  readonly reason: string;
  /** RFC 3339; null: as long as the policy lets it. */
  readonly expiresAt: string | null;
  readonly dryRun: boolean;
}

export interface ReferenceCapture {
  readonly kind: 'ReferenceCapture';
  readonly name: string;
  readonly indicator: string;
  /** Null: the provider's. */
  readonly url: string | null;
  /** Null: the counts stand in the ModelRisk. */
  readonly configMap: string | null;
  readonly apply: boolean;
  readonly output: 'yaml' | 'json';
}

export interface Arguments {
  readonly command: Command;
  /** Null: the kubeconfig's. */
  readonly namespace: string | null;
  readonly allNamespaces: boolean;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly json: boolean;
}

const options = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A', default: false },
  all: { type: 'boolean', default: false },
  'drop-finalizers': { type: 'boolean', default: false },
  'patch-kinds': { type: 'string' },
  indicator: { type: 'string' },
  policy: { type: 'string' },
  prometheus: { type: 'string' },
  'config-map': { type: 'string' },
  apply: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o' },
  'dry-run': { type: 'boolean', default: false },
  wait: { type: 'string' },
  model: { type: 'string' },
  version: { type: 'string' },
  waive: { type: 'string' },
  export: { type: 'string' },
  against: { type: 'string' },
  offline: { type: 'boolean', default: false },
  period: { type: 'string' },
  format: { type: 'string' },
  tier: { type: 'string' },
  ...actOptions,
  ...packOptions,
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface Switches extends ActSwitches, PackSwitches {
  readonly all: boolean;
  readonly 'drop-finalizers': boolean;
  readonly 'patch-kinds'?: string;
  readonly help: boolean;
  readonly indicator?: string;
  readonly policy?: string;
  readonly prometheus?: string;
  readonly 'config-map'?: string;
  readonly apply: boolean;
  readonly output?: string;
  readonly 'dry-run': boolean;
  readonly wait?: string;
  readonly model?: string;
  readonly version?: string;
  readonly waive?: string;
  readonly export?: string;
  readonly against?: string;
  readonly offline: boolean;
  readonly period?: string;
  readonly format?: string;
  readonly tier?: string;
  readonly 'all-namespaces': boolean;
  readonly json: boolean;
}

/** A drill that waits for its plan to be free is longer. */
const longestWaitSeconds = 3600;

function drillCommand(words: readonly string[], switches: Switches): Result<Command, string> {
  const { 'dry-run': dryRun, wait, 'patch-kinds': patchKinds = null } = switches;
  const [plan, ...rest] = words;
  if (plan === undefined || rest.length > 0) return failure('drill takes the name of one MitigationPlan (drill credit-default)');
  if (dryRun && wait !== undefined) return failure('--dry-run asks nobody, so there is nothing to --wait for: leave one of them out');
  if (!dryRun && patchKinds !== null) return failure('--patch-kinds goes with drill --dry-run: the operator knows its own');
  const waitSeconds = Number(wait ?? 0);
  if (!Number.isInteger(waitSeconds) || waitSeconds < 0 || waitSeconds > longestWaitSeconds)
    return failure(`--wait ${wait ?? ''} is no number of seconds from 0 to ${longestWaitSeconds}`);
  return success({ kind: 'Drill', plan, dryRun, waitSeconds, patchKinds });
}

function signOffCommand(words: readonly string[], switches: Switches): Result<Command, string> {
  const { role, reason = 'Signed off.', 'expires-at': expiresAt = null, 'dry-run': dryRun } = switches;
  const [name, ...rest] = words;
  if (name === undefined || rest.length > 0)
    return failure('sign-off takes the name of one ModelRisk (sign-off credit-default --role risk)');
  if (role === undefined) return failure('sign-off needs --role: the role you sign in, one of those condition SignedOff names');
  // Not Date.parse: it reads 03/04/2027 the American way, and 7 as a year.
  if (expiresAt !== null && readDataTime(expiresAt) === null)
    return failure(`--expires-at ${expiresAt} is no time: write it like 2027-01-31T00:00:00Z`);
  return success({ kind: 'SignOff', name, role, reason, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(), dryRun });
}

function restoreCommand(words: readonly string[], switches: Switches): Result<Command, string> {
  const { all, 'drop-finalizers': dropFinalizers, 'patch-kinds': patchKinds = null } = switches;
  const [targetKind, name, ...rest] = words;
  if (all) {
    if (targetKind !== undefined) return failure(`restore --all takes no object: leave out ${words.join(' ')}, or leave out --all`);
    return success({ kind: 'RestoreAll', dropFinalizers, patchKinds });
  }
  if (dropFinalizers) return failure('--drop-finalizers goes with restore --all: a plan must not go before its targets are given back');
  if (targetKind === undefined || name === undefined || rest.length > 0)
    return failure('restore takes one kind and one name (restore httproute credit), or --all');
  return success({ kind: 'Restore', targetKind, name, patchKinds });
}

function metricsCommand({ period }: Switches): Result<Command, string> {
  const periodDays = readPeriodDays(period);
  return periodDays.ok ? success({ kind: 'Metrics', periodDays: periodDays.value }) : periodDays;
}

function auditCommand(words: readonly string[], switches: Switches): Result<Command, string> {
  const { export: file, against = null, offline } = switches;
  const [verb, ...rest] = words;
  if (rest.length > 0 || (verb !== 'verify' && verb !== 'export')) return failure(noSuchCommand(['audit', ...words], usage));
  if (verb === 'export' && file !== undefined)
    return failure('audit export prints: write its output into a file (audit export > record.jsonl)');
  if (file === undefined && (against !== null || offline)) return failure('--against and --offline go with audit verify --export');
  if (against !== null && offline) return failure('--against FILE asks no cluster anyway: leave --offline out');
  if (file !== undefined) return success({ kind: 'VerifyExport', file, against, offline });
  return success({ kind: verb === 'export' ? 'AuditExport' : 'AuditVerify' });
}

function captureCommand(words: readonly string[], switches: Switches): Result<Command, string> {
  const { indicator, prometheus, 'config-map': configMap = null, apply, output = 'yaml' } = switches;
  const [name, ...rest] = words;
  if (name === undefined || rest.length > 0)
    return failure('reference capture takes the name of one ModelRisk (reference capture credit-default)');
  if (indicator === undefined) return failure('reference capture needs --indicator: the entry of spec.indicators that measures drift');
  if (output !== 'yaml' && output !== 'json') return failure(`--output ${output} is not known: write yaml or json`);
  return success({ kind: 'ReferenceCapture', name, indicator, url: prometheus ?? null, configMap, apply, output });
}

function commandOf(words: readonly string[], switches: Switches): Result<Command, string> {
  const [first, second, ...rest] = words;
  if (switches.help || first === 'help') return success({ kind: 'Help' });
  const act = actCommand(words, switches);
  if (act !== null) return act;
  const isCapture = first === 'reference' && second === 'capture';
  const { indicator, prometheus, 'config-map': configMap, apply, output } = switches;
  if (!isCapture && (apply || [indicator, prometheus, configMap, output].some((each) => each !== undefined)))
    return failure('--indicator, --prometheus, --config-map, --apply and --output go with reference capture');
  if (first === 'backlog' && second === undefined) return success({ kind: 'Backlog', policy: switches.policy ?? null });
  if (switches.policy !== undefined) return failure('--policy goes with backlog');
  if (first === 'sign-off') return signOffCommand(words.slice(1), switches);
  const pack = packCommand(words, switches);
  if (pack !== null) return pack;
  if (first === 'report') return reportCommand(words.slice(1), switches);
  if (switches.format !== undefined || switches.tier !== undefined) return failure('--format and --tier go with report');
  if (first === 'gate' && second === undefined) return gateCommand(switches);
  if ([switches.model, switches.version, switches.waive].some((each) => each !== undefined))
    return failure('--model, --version and --waive go with gate, --model with report too');
  if (first === 'metrics' && second === undefined) return metricsCommand(switches);
  if (switches.period !== undefined) return failure('--period goes with metrics and report');
  if (first === 'drill') return drillCommand(words.slice(1), switches);
  if (switches['dry-run'] || switches.wait !== undefined) return failure('--wait goes with drill, --dry-run with drill and sign-off');
  if (first === 'restore') return restoreCommand(words.slice(1), switches);
  if (switches.all || switches['drop-finalizers'] || switches['patch-kinds'] !== undefined)
    return failure('--all, --drop-finalizers and --patch-kinds go with restore');
  if (first === 'audit') return auditCommand(words.slice(1), switches);
  if (switches.export !== undefined || switches.against !== undefined || switches.offline)
    return failure('--export, --against and --offline go with audit verify');
  if (isCapture) return captureCommand(rest, switches);
  if (first === 'propose') {
    const [name, ...more] = rest;
    if (second === undefined || name === undefined || more.length > 0)
      return failure('propose takes one kind and one name (propose httproute credit)');
    return success({ kind: 'Propose', targetKind: second, name });
  }
  if (first === 'playbook') {
    if (second === undefined || rest.length > 0) return failure('playbook takes the name of one ModelRisk (playbook credit-default)');
    return success({ kind: 'Playbook', name: second });
  }
  if (first === 'explain') {
    if (second === undefined || rest.length > 0) return failure('explain takes the name of one ModelRisk (explain credit-default)');
    return success({ kind: 'Explain', name: second });
  }
  if (first === 'doctor' && second === undefined) return success({ kind: 'Doctor' });
  if (first === 'list' && second === undefined) return success({ kind: 'List' });
  if (first === 'reviews' && second === undefined) return success({ kind: 'Reviews' });
  if (first === 'incidents' && second === undefined) return success({ kind: 'Incidents' });
  return failure(noSuchCommand(words, usage));
}

/** `-o json` as kubectl writes it is `--json`; a reference alone can be printed as YAML. */
function readOutput<Values extends { readonly output?: string; readonly json: boolean }>(
  [first]: readonly string[],
  values: Values,
): Result<Omit<Values, 'output'> & { readonly output?: string }, string> {
  const { output, ...others } = values;
  if (output === undefined || first === 'reference') return success(values);
  if (output !== 'json') return failure(`--output ${output} is not known here: write -o json, or leave it out for sentences`);
  return success({ ...others, json: true });
}

/** What was asked for; the failure is one sentence, for a person who then needs `usage`. */
export function readArguments(commandLine: readonly string[]): Result<Arguments, string> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...commandLine], allowPositionals: true, options });
  } catch (error) {
    // Only the first sentence: what follows, on this line or the next, is advice on the parser, not on this command.
    const said = String((error as { readonly message?: unknown }).message).split(/\.\s/)[0] ?? '';
    const [, unknown = ''] = /^Unknown option '--([^']+)'$/.exec(said) ?? [];
    const near = nearest(unknown, Object.keys(options));
    return failure(near === null ? said : `${said}; did you mean --${near}?`);
  }
  const { positionals } = parsed;
  const read = readOutput(positionals, parsed.values);
  if (!read.ok) return read;
  const values = read.value;
  const command = commandOf(positionals, values);
  if (!command.ok) return command;
  const dropped = droppedFlag(command.value.kind, values);
  if (dropped !== null) return failure(dropped);
  const allNamespaces = values['all-namespaces'];
  if (
    allNamespaces &&
    ![
      'RestoreAll',
      'Doctor',
      'Reviews',
      'Incidents',
      'Metrics',
      'Report',
      'Pack',
      'Backlog',
      'List',
      'AuditVerify',
      'AuditExport',
      'VerifyExport',
    ].includes(command.value.kind)
  )
    return failure(
      '--all-namespaces goes with restore --all, doctor, list, reviews, incidents, metrics, report, backlog, audit export and audit verify',
    );
  if (allNamespaces && values.namespace !== undefined) return failure('--namespace and --all-namespaces exclude each other');
  return success({
    command: command.value,
    namespace: values.namespace ?? null,
    allNamespaces,
    kubeconfig: values.kubeconfig ?? null,
    context: values.context ?? null,
    json: values.json,
  });
}
