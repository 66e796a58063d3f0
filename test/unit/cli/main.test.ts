import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { usage } from '../../../src/cli/arguments.ts';
import { helpOn } from '../../../src/cli/help.ts';
import { riskPolicyManifest, stored } from '../../builders/api.ts';
import { listAnswer, startCLI, statusAnswer } from '../../builders/cli-run.ts';
import type { CLIWorld } from '../../builders/cli-run.ts';

let cli: CLIWorld;

beforeEach(async () => {
  cli = await startCLI();
});

afterEach(() => cli.close());

const forbidden = statusAnswer(403, 'Forbidden', 'User "me" cannot do that');

/** Each command, and what its refusal has to name. */
const commands: readonly (readonly [line: string, says: string, named: string])[] = [
  ['audit verify', 'audit verify', 'RiskIncidents of namespace lending'],
  ['audit export', 'audit export', 'RiskIncidents'],
  ['backlog --policy bank', 'backlog', 'RiskPolicy bank'],
  ['doctor', 'doctor', 'ModelRisks'],
  ['drill credit', 'drill', 'MitigationPlan lending/credit'],
  ['drill credit --dry-run', 'drill', 'MitigationPlan lending/credit'],
  ['explain credit', 'explain', 'ModelRisk lending/credit'],
  ['incidents', 'incidents', 'RiskIncidents'],
  ['list', 'list', 'ModelRisks'],
  ['metrics', 'metrics', 'RiskIncidents'],
  ['playbook credit', 'playbook', 'ModelRisk lending/credit'],
  ['propose httproute credit', 'propose', 'HTTPRoute lending/credit'],
  ['reference capture credit --indicator score-drift', 'reference capture', 'ModelRisk lending/credit'],
  ['restore httproute credit', 'restore', 'HTTPRoute lending/credit'],
  ['reviews', 'reviews', 'ModelRisks'],
  ['sign-off credit --role risk', 'sign-off', 'ModelRisk lending/credit'],
];

describe('kubectl modelrisk, refused by the API server', () => {
  it.each(commands)(
    '%s: one sentence on stderr that names the object and what the server said, nothing on stdout, exit code 1',
    async (...row) => {
      const [line, says, named] = row;
      cli.answer = () => forbidden;
      const { code, stdout, stderr } = await cli.run(line);
      expect([code, stdout]).toEqual([1, '']);
      const [sentence = '', rest] = stderr.split('\n');
      expect(rest).toBe('');
      expect(sentence.startsWith(`kubectl modelrisk ${says}: `)).toBe(true);
      expect(sentence).toContain(named);
      expect(sentence).toContain('User "me" cannot do that');
      expect(cli.asked.length).toBeGreaterThan(0);
    },
  );

  it('gate: exit code 2, so that no pipeline takes a cluster it could not ask for a no', async () => {
    cli.answer = () => forbidden;
    expect(await cli.run('gate --model credit --version 2')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'kubectl modelrisk gate: ModelRisk lending/credit can\'t be read: User "me" cannot do that\n',
    });
  });

  it('restore --all: says of every kind what it could not list, and exits with 1', async () => {
    cli.answer = () => forbidden;
    const { code, stderr } = await cli.run('restore --all');
    expect(code).toBe(1);
    const sentences = stderr.trimEnd().split('\n');
    expect(sentences).toContain('kubectl modelrisk restore: HTTPRoute could not be listed: User "me" cannot do that');
    expect(sentences.every((each) => each.startsWith('kubectl modelrisk restore: '))).toBe(true);
  });

  it.each([
    [statusAnswer(404, 'NotFound', 'modelrisks.modelrisk.dev "credit" not found'), 'modelrisks.modelrisk.dev "credit" not found'],
    [statusAnswer(401, 'Unauthorized', 'Unauthorized'), 'Unauthorized'],
    [statusAnswer(429, 'TooManyRequests', 'the server is busy'), 'the server is busy'],
    [statusAnswer(500, 'InternalError', 'etcd is away'), 'etcd is away'],
    [{ status: 503, body: '<html>maintenance</html>' }, 'HTTP 503'],
    [{ status: 200, body: '<html>a login page</html>' }, 'the answer is not JSON'],
    [{ status: 200, body: { kind: 'Status' } }, '/namespaces/lending/modelrisks/credit'],
  ])('explain: whatever is answered (%j) ends in one sentence that holds %s, not in a stack trace', async (told, part) => {
    cli.answer = () => told;
    const { code, stdout, stderr } = await cli.run('explain credit');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^kubectl modelrisk explain: ModelRisk lending\/credit can't be read: [^\n]+\n$/);
    expect(stderr).toContain(part);
    expect(stderr).not.toContain('hunter2');
  });

  it('a server that is not there is named', async () => {
    await cli.closeServer();
    const { code, stderr } = await cli.run('list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kubectl modelrisk list: ModelRisks can't be listed: GET .*ECONNREFUSED/);
  });

  it('a list that breaks off between its pages is no list', async () => {
    const page = { kind: 'List', metadata: { resourceVersion: '7', continue: 'next' }, items: [] };
    cli.answer = (call) =>
      call.includes('continue=next') ? statusAnswer(410, 'Expired', 'the token is too old') : { status: 200, body: page };
    expect(await cli.run('reviews')).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: "kubectl modelrisk reviews: ModelRisks can't be listed: the token is too old\n",
    });
  });

  it.each([
    ['doctor', "doctor: MitigationPlans can't be listed: User"],
    ['backlog', "backlog: MitigationPlans can't be listed: User"],
  ])('%s does not pass over the second kind it reads', async (line, sentence) => {
    cli.answer = (call) => {
      if (call.includes('/mitigationplans')) return forbidden;
      return call.includes('/riskpolicies/') ? { status: 200, body: stored(riskPolicyManifest()) } : listAnswer();
    };
    const { code, stderr } = await cli.run(line);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
  });
});

describe('kubectl modelrisk, where there is nothing', () => {
  it.each([
    ['audit verify', 0, 'namespace lending: 0 incidents, 0 entries, 0 values computed again from their counts, the record is intact\n'],
    ['audit export', 0, ''],
    ['doctor', 0, '0 ModelRisks and 0 MitigationPlans: 0 things wrong, 0 not known.\n'],
    ['incidents', 0, '0 incidents open, 0 reports overdue.\n'],
    ['reviews', 0, '0 models and 0 policies: 0 reviews overdue, 0 due soon; the last reviews took 0 minutes.\n'],
  ])('%s exits with %i and says so', async (line, code, stdout) => {
    cli.answer = (call) => (call.includes('/riskchainheads/') ? statusAnswer(404, 'NotFound', 'no head') : listAnswer());
    expect(await cli.run(line)).toEqual({ code, stdout, stderr: '' });
  });

  it('list sums up nothing, with every kind of workload looked for', async () => {
    const { code, stdout } = await cli.run('list -A');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 models: .* 0 workloads without a ModelRisk\.\n$/);
    const kinds = cli.asked.map((call) => /\/(\w+)\?/.exec(call)?.[1]);
    expect(kinds).toEqual([
      'modelrisks',
      'inferenceservices',
      'models',
      'seldondeployments',
      'deployments',
      'statefulsets',
      'mitigationplans',
    ]);
    expect(cli.asked.some((call) => call.includes('/namespaces/'))).toBe(false);
    expect(cli.asked.filter((call) => call.includes('labelSelector=modelrisk.dev%2Fmodel'))).toHaveLength(2);
  });

  it('restore --all counts each kind, and takes one that is not served for no failure', async () => {
    cli.answer = (call) => (call.includes('/httproutes') ? statusAnswer(404, 'NotFound', 'no such resource') : listAnswer());
    const { code, stdout, stderr } = await cli.run('restore --all');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('HTTPRoute is not served by this cluster: nothing to give back.');
    expect(stdout).toContain('GRPCRoute: 0 of 0 carry a journal; the others were never changed.');
  });

  it.each(['audit verify', 'doctor', 'incidents', 'list', 'metrics', 'reviews', 'restore --all'])(
    '%s --json prints one line of JSON',
    async (line) => {
      cli.answer = (call) => (call.includes('/riskchainheads/') ? statusAnswer(404, 'NotFound', 'no head') : listAnswer());
      const { code, stdout } = await cli.run(`${line} --json`);
      expect(code).toBe(0);
      expect(stdout.split('\n')).toHaveLength(2);
      expect(typeof JSON.parse(stdout)).toBe('object');
    },
  );
});

describe('kubectl modelrisk, told where to look', () => {
  it.each([
    ['reviews', '/apis/modelrisk.dev/v1alpha1/namespaces/lending/modelrisks?'],
    ['reviews -n fraud', '/apis/modelrisk.dev/v1alpha1/namespaces/fraud/modelrisks?'],
    ['reviews -A', '/apis/modelrisk.dev/v1alpha1/modelrisks?'],
    ['reviews --context elsewhere', '/apis/modelrisk.dev/v1alpha1/namespaces/default/modelrisks?'],
    ['incidents -A', '/apis/modelrisk.dev/v1alpha1/riskincidents?'],
    ['metrics -n fraud', '/apis/modelrisk.dev/v1alpha1/namespaces/fraud/riskincidents?'],
    ['audit export -A', '/apis/modelrisk.dev/v1alpha1/riskincidents?'],
    ['doctor -A', '/apis/modelrisk.dev/v1alpha1/modelrisks?'],
    ['audit verify', '/apis/modelrisk.dev/v1alpha1/namespaces/lending/riskincidents?'],
    ['restore --all -A', '/apis/gateway.networking.k8s.io/v1/httproutes?'],
  ])('%s asks for %s first', async (line, path) => {
    await cli.run(line);
    expect(cli.asked[0]?.startsWith(`GET ${path}`)).toBe(true);
  });

  it('names a context whose cluster is not there, and asks nobody', async () => {
    const { code, stdout, stderr } = await cli.run('list --context broken');
    expect([code, stdout, cli.asked]).toEqual([1, '', []]);
    expect(stderr).toMatch(/^kubectl modelrisk: No cluster in .*config: context "broken" does not name one\. Choose another context\.\n$/);
  });

  it('names a kubeconfig that is not there', async () => {
    const { code, stderr } = await cli.run('list', '/nowhere/config');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kubectl modelrisk: Can't read access to the cluster from \/nowhere\/config: [^\n]*ENOENT[^\n]*\n$/);
  });

  it('without a command prints one sentence and the usage on stderr, exits with 2 and asks nobody', async () => {
    expect(await cli.run('')).toEqual({ code: 2, stdout: '', stderr: `kubectl modelrisk: name a command\n\n${usage}` });
    expect(cli.asked).toEqual([]);
  });

  it('with a flag it does not know says which, exits with 2 and asks nobody', async () => {
    const { code, stderr } = await cli.run('list --everything');
    expect([code, cli.asked]).toEqual([2, []]);
    expect(stderr.split('\n')[0]).toContain("'--everything'");
  });

  it('prints the usage on stdout to whoever asks for it, and exits with 0', async () => {
    expect(await cli.run('--help')).toEqual({ code: 0, stdout: usage, stderr: '' });
    expect(await cli.run('list --help')).toEqual({ code: 0, stdout: helpOn(['list'], usage), stderr: '' });
  });

  it.each([
    ['propose pod credit', 'propose', 'pod is no kind of target; name one of '],
    ['restore pod credit', 'restore', 'pod is no kind of target; name one of '],
  ])('%s exits with 2, names the kinds there are and asks nobody', async (line, command, sentence) => {
    const { code, stderr } = await cli.run(line);
    expect([code, cli.asked]).toEqual([2, []]);
    expect(stderr).toContain(`kubectl modelrisk ${command}: ${sentence}HTTPRoute, `);
    expect(stderr.includes('or list it in --patch-kinds')).toBe(command === 'restore');
  });

  it.each(['restore pod credit --patch-kinds pods', 'restore --all --patch-kinds pods', 'drill credit --dry-run --patch-kinds pods'])(
    '%s exits with 2 and says what is wrong with the list',
    async (line) => {
      const { code, stderr } = await cli.run(line);
      expect([code, cli.asked]).toEqual([2, []]);
      expect(stderr).toMatch(/^kubectl modelrisk \w+: --patch-kinds: [^\n]+\n$/);
    },
  );

  it('finds a target by its kind or its plural, in any case', async () => {
    for (const kind of ['HTTPRoute', 'httproute', 'httproutes', 'HTTPROUTES']) {
      cli.asked = [];
      await cli.run(`restore ${kind} credit`);
      expect(cli.asked).toEqual(['GET /apis/gateway.networking.k8s.io/v1/namespaces/lending/httproutes/credit']);
    }
  });
});
