import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../src/cli/arguments.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

describe('readArguments', () => {
  it.each([
    ['audit verify', { kind: 'AuditVerify' }],
    ['audit verify -A', { kind: 'AuditVerify' }],
    ['metrics -A', { kind: 'Metrics', periodDays: 90 }],
    ['metrics --period 30', { kind: 'Metrics', periodDays: 30 }],
    ['incidents -A', { kind: 'Incidents' }],
    ['audit export -A', { kind: 'AuditExport' }],
    ['audit verify --export record.jsonl -A', { kind: 'VerifyExport', file: 'record.jsonl', against: null, offline: false }],
    ['audit verify --export record.jsonl --offline', { kind: 'VerifyExport', file: 'record.jsonl', against: null, offline: true }],
    ['audit verify --export a --against b', { kind: 'VerifyExport', file: 'a', against: 'b', offline: false }],
    ['doctor -A', { kind: 'Doctor' }],
    ['reviews -A', { kind: 'Reviews' }],
    ['list -A', { kind: 'List' }],
    ['playbook credit -n lending', { kind: 'Playbook', name: 'credit' }],
    ['backlog -A', { kind: 'Backlog', policy: null }],
    ['backlog -n lending --policy bank', { kind: 'Backlog', policy: 'bank' }],
    ['doctor -n lending', { kind: 'Doctor' }],
    ['explain credit -n lending', { kind: 'Explain', name: 'credit' }],
    ['restore httproute credit', { kind: 'Restore', targetKind: 'httproute', name: 'credit', patchKinds: null }],
    [
      'restore scaledobject credit --patch-kinds keda.sh/v1alpha1/scaledobjects/ScaledObject',
      { kind: 'Restore', targetKind: 'scaledobject', name: 'credit', patchKinds: 'keda.sh/v1alpha1/scaledobjects/ScaledObject' },
    ],
    ['restore --all', { kind: 'RestoreAll', dropFinalizers: false, patchKinds: null }],
    ['restore --all --drop-finalizers -A', { kind: 'RestoreAll', dropFinalizers: true, patchKinds: null }],
    ['propose httproute credit', { kind: 'Propose', targetKind: 'httproute', name: 'credit' }],
    [
      'reference capture credit --indicator drift',
      { kind: 'ReferenceCapture', name: 'credit', indicator: 'drift', url: null, apply: false, output: 'yaml' },
    ],
    [
      'reference capture credit --indicator=drift --prometheus http://localhost:9090 --apply -o json',
      { kind: 'ReferenceCapture', name: 'credit', indicator: 'drift', url: 'http://localhost:9090', apply: true, output: 'json' },
    ],
    ['drill credit -n lending', { kind: 'Drill', plan: 'credit', dryRun: false, waitSeconds: 0, patchKinds: null }],
    ['drill credit --wait 60', { kind: 'Drill', plan: 'credit', dryRun: false, waitSeconds: 60, patchKinds: null }],
    ['drill credit --dry-run', { kind: 'Drill', plan: 'credit', dryRun: true, waitSeconds: 0, patchKinds: null }],
    [
      'drill credit --dry-run --patch-kinds v1/configmaps/ConfigMap',
      { kind: 'Drill', plan: 'credit', dryRun: true, waitSeconds: 0, patchKinds: 'v1/configmaps/ConfigMap' },
    ],
    [
      'sign-off credit --role risk',
      { kind: 'SignOff', name: 'credit', role: 'risk', reason: 'Signed off.', expiresAt: null, dryRun: false },
    ],
    [
      'sign-off credit --role risk --reason read --expires-at 2027-01-31T01:00:00+01:00 --dry-run',
      { kind: 'SignOff', name: 'credit', role: 'risk', reason: 'read', expiresAt: '2027-01-31T00:00:00.000Z', dryRun: true },
    ],
    ['--help', { kind: 'Help' }],
    ['restore -h', { kind: 'Help' }],
  ])('%s', (line, command) => {
    expect(readArguments(words(line))).toMatchObject({ ok: true, value: { command } });
  });

  it('takes flags as kubectl users write them, before or after the words', () => {
    const value = { namespace: 'lending', allNamespaces: false, kubeconfig: '/k', context: 'c', json: true };
    for (const line of [
      'restore --all -n lending --kubeconfig /k --context c --json',
      '--namespace=lending --kubeconfig=/k --context=c --json restore --all',
    ])
      expect(readArguments(words(line))).toMatchObject({ ok: true, value });
    expect(readArguments(words('restore --all --all-namespaces'))).toMatchObject({
      ok: true,
      value: { namespace: null, allNamespaces: true },
    });
  });

  it.each([
    ['', 'name a command'],
    ['audit', 'audit takes verify or export'],
    ['playbook', 'playbook takes the name of one ModelRisk (playbook credit-default)'],
    ['list credit', 'list takes no name: leave credit out'],
    ['reviews credit', 'reviews takes no name: leave credit out'],
    ['doctor credit', 'doctor takes no name: leave credit out'],
    ['backlog credit', 'backlog takes no name: leave credit out'],
    ['doctor --policy bank', '--policy goes with backlog'],
    ['propose credit', 'propose takes one kind and one name (propose httproute credit)'],
    ['propose httproute credit debit', 'propose takes one kind and one name (propose httproute credit)'],
    ['drill', 'drill takes the name of one MitigationPlan (drill credit-default)'],
    ['drill credit debit', 'drill takes the name of one MitigationPlan (drill credit-default)'],
    ['drill credit --dry-run --wait 5', '--dry-run asks nobody, so there is nothing to --wait for: leave one of them out'],
    ['drill credit --wait soon', '--wait soon is no number of seconds from 0 to 3600'],
    ['drill credit --wait 4000', '--wait 4000 is no number of seconds from 0 to 3600'],
    ['drill credit --patch-kinds v1/configmaps/ConfigMap', '--patch-kinds goes with drill --dry-run: the operator knows its own'],
    ['doctor --dry-run', '--wait goes with drill, --dry-run with drill and sign-off'],
    ['sign-off --role risk', 'sign-off takes the name of one ModelRisk (sign-off credit-default --role risk)'],
    ['sign-off credit debit --role risk', 'sign-off takes the name of one ModelRisk (sign-off credit-default --role risk)'],
    ['sign-off credit', 'sign-off needs --role: the role you sign in, one of those condition SignedOff names'],
    ['sign-off credit --role risk --expires-at soon', '--expires-at soon is no time: write it like 2027-01-31T00:00:00Z'],
    ['doctor --role risk', expect.stringMatching(/^--role goes with sign-off, report-incident, postmortem, file-report, acknowledge, /)],
    ['doctor --onset yesterday', '--onset goes with report-incident, postmortem'],
    ['doctor --expires-at 2027-01-31T00:00:00Z', '--expires-at goes with sign-off, accept, hold, release'],
    ['explain', 'explain takes the name of one ModelRisk (explain credit-default)'],
    ['explain credit debit', 'explain takes the name of one ModelRisk (explain credit-default)'],
    ['audit verify all', 'audit takes verify or export, not verify all'],
    ['restore httproute', 'restore takes one kind and one name (restore httproute credit), or --all'],
    ['restore --all httproute', 'restore --all takes no object: leave out httproute, or leave out --all'],
    [
      'restore httproute credit --drop-finalizers',
      '--drop-finalizers goes with restore --all: a plan must not go before its targets are given back',
    ],
    ['reference', 'reference takes capture'],
    ['reference capture --indicator drift', 'reference capture takes the name of one ModelRisk (reference capture credit-default)'],
    ['reference capture a b --indicator drift', 'reference capture takes the name of one ModelRisk (reference capture credit-default)'],
    ['reference capture credit', 'reference capture needs --indicator: the entry of spec.indicators that measures drift'],
    ['reference capture credit --indicator drift -o xml', '--output xml is not known: write yaml or json'],
    ['audit verify --apply', '--indicator, --prometheus, --config-map, --apply and --output go with reference capture'],
    ['restore --all --apply', '--indicator, --prometheus, --config-map, --apply and --output go with reference capture'],
    ['audit verify --all', '--all, --drop-finalizers and --patch-kinds go with restore'],
    ['metrics --period 0', '--period 0 is no number of days from 1 to 3660'],
    ['metrics --period soon', '--period soon is no number of days from 1 to 3660'],
    ['doctor --period 3', '--period goes with metrics and report'],
    ['audit export --export a', 'audit export prints: write its output into a file (audit export > record.jsonl)'],
    ['audit verify --offline', '--against and --offline go with audit verify --export'],
    ['audit verify --export a --against b --offline', '--against FILE asks no cluster anyway: leave --offline out'],
    ['doctor --offline', '--export, --against and --offline go with audit verify'],
    [
      'explain credit -A',
      '--all-namespaces goes with restore --all, doctor, list, reviews, incidents, metrics, report, backlog, audit export and audit verify',
    ],
    ['restore --all -A -n lending', '--namespace and --all-namespaces exclude each other'],
  ])('"%s" is refused in one sentence: %s', (line, sentence) => {
    expect(readArguments(words(line))).toEqual({ ok: false, failure: sentence });
  });

  it.each(['2027', '1', '03/04/2027', '2027-01-31', '2027-01-31T00:00:00', '2027-02-31T00:00:00Z', 'Jan,31,2027'])(
    'regression: a sign-off does not expire at %s, which others read as another day',
    (time) => {
      expect(readArguments(['sign-off', 'credit', '--role=risk', `--expires-at=${time}`])).toEqual({
        ok: false,
        failure: `--expires-at ${time} is no time: write it like 2027-01-31T00:00:00Z`,
      });
    },
  );

  it.each([['--foo'], ['audit verify --foo'], ['restore --all=yes'], ['audit verify --namespace']])(
    '%s is refused in one sentence, not with a stack trace',
    (line) => {
      const parsed = readArguments(words(line));
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) expect(parsed.failure).toMatch(/^[^\n]*--(foo|all|namespace)[^\n]*$/);
    },
  );
});
