import { parseArgs } from 'node:util';
import * as z from 'zod';
import { readPatchKinds } from './actuators/patch/resource.ts';
import type { PatchResource } from './actuators/patch/resource.ts';
import { actuators } from './actuators/registry.ts';
import type { AuditSink } from './controllers/sink.ts';
import { logLevels } from './telemetry/log.ts';
import { failure, success } from './shared/result.ts';
import type { Result } from './shared/result.ts';

const seconds = z.coerce.number().positive().max(3600);

const configuration = z.object({
  kubeconfig: z.string().exactOptional(),
  /** Namespace of the operator's own Lease. */
  namespace: z.string().min(1).default('modelrisk-system'),
  leaseName: z.string().min(1).default('modelrisk-operator'),
  /** How long a silent leader keeps the lease; bounded from below by `fenceProblem`. */
  leaseSeconds: seconds.default(15),
  leaseRenewSeconds: seconds.default(3),
  /** Namespace to guard; all when absent. */
  watchNamespace: z.string().min(1).exactOptional(),
  /** A watch without a byte for this long is replaced. */
  watchSilenceSeconds: seconds.default(25),
  requestTimeoutSeconds: seconds.default(5),
  port: z.coerce.number().int().min(0).max(65535).default(8080),
  host: z.string().default('0.0.0.0'),
  /** Where readings and alerts are pushed to, over TLS; nothing listens when absent. */
  pushPort: z.coerce.number().int().min(0).max(65535).exactOptional(),
  /** Certificate chain and key in PEM, read again when they change. */
  pushTlsCertFile: z.string().min(1).exactOptional(),
  pushTlsKeyFile: z.string().min(1).exactOptional(),
  /** Kinds whose objects plans may patch, in namespaces that opted in: group/version/plural/Kind, several with commas. None when absent. */
  patchKinds: z.string().min(1).exactOptional(),
  /** Where every entry of the record is exported to (docs/audit.md); nowhere when absent. */
  auditSinkUrl: z.string().min(1).exactOptional(),
  /** Bearer token for it: `secret/key` in the operator's own namespace. */
  auditSinkSecret: z.string().min(1).exactOptional(),
  logLevel: z.enum(logLevels).default('info'),
});

/** Everything the operator can be told, from flags (`--lease-seconds 3`) or environment (`MODELRISK_LEASE_SECONDS=3`); flags win. */
export type Config = Readonly<z.infer<typeof configuration>>;

/** A write is sent only while the lease outlives it: two renewals may be late before the leader is locked out of its writes. */
function fenceProblem({ leaseSeconds, leaseRenewSeconds, requestTimeoutSeconds }: Config): string | null {
  const least = requestTimeoutSeconds + 2 * leaseRenewSeconds;
  if (leaseSeconds > least) return null;
  return `--lease-seconds: ${leaseSeconds} is too short; it must be more than --request-timeout-seconds (${requestTimeoutSeconds}) + 2 x --lease-renew-seconds (${leaseRenewSeconds}) = ${least}, else late renewals lock the leader out of all writes`;
}

/** Tokens never travel over plain text. */
function pushProblem({ pushPort, pushTlsCertFile, pushTlsKeyFile }: Config): string | null {
  const flags = [
    ['--push-port', pushPort],
    ['--push-tls-cert-file', pushTlsCertFile],
    ['--push-tls-key-file', pushTlsKeyFile],
  ] as const;
  const missing = flags.filter(([, value]) => value === undefined).map(([flag]) => flag);
  if (missing.length === 0 || missing.length === flags.length) return null;
  return `${missing.join(' and ')}: missing; pushes carry tokens and are served over TLS only: write all of ${flags.map(([flag]) => flag).join(', ')}, or none`;
}

/** The kinds of `--patch-kinds`; a failure is one sentence. */
export function patchKindsOf({ patchKinds }: Pick<Config, 'patchKinds'>): Result<readonly PatchResource[], string> {
  const taken = [...actuators.values()].map(({ resource }) => resource);
  return patchKinds === undefined ? success([]) : readPatchKinds(patchKinds, taken);
}

function patchProblem(config: Config): string | null {
  const read = patchKindsOf(config);
  return read.ok ? null : `--patch-kinds: ${read.failure}`;
}

/** Where the record is exported to; a failure is one sentence, null: nowhere. */
export function auditSinkOf({
  auditSinkUrl: text,
  auditSinkSecret,
}: Pick<Config, 'auditSinkUrl' | 'auditSinkSecret'>): Result<AuditSink | null, string> {
  if (text === undefined)
    return auditSinkSecret === undefined ? success(null) : failure('--audit-sink-secret: goes with --audit-sink-url; write both, or none');
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    return failure('--audit-sink-url: the record holds names of people; write https://host/path without user or password');
  const [name = '', key = '', ...rest] = auditSinkSecret?.split('/') ?? [];
  if (auditSinkSecret === undefined) return success({ url: text, secretRef: null });
  if (name === '' || key === '' || rest.length > 0)
    return failure(
      '--audit-sink-secret: write secret/key, the name of a Secret in the namespace of the operator and the key of the token in it',
    );
  return success({ url: text, secretRef: { name, key } });
}

function auditProblem(config: Config): string | null {
  const read = auditSinkOf(config);
  return read.ok ? null : read.failure;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const names = Object.keys(configuration.shape);

/** Sentences, one per bad flag, each naming the flag and what it takes. */
export function readConfig(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<Config, readonly string[]> {
  const options = Object.fromEntries(names.map((name) => [kebab(name), { type: 'string' as const }]));
  let flags: Record<string, string | boolean | undefined>;
  try {
    flags = parseArgs({ args: [...commandLine], options, strict: true }).values;
  } catch (error) {
    return failure([
      `${error instanceof Error ? error.message : String(error)}; the flags are ${names.map((name) => `--${kebab(name)}`).join(', ')}`,
    ]);
  }
  const given = names.flatMap((name) => {
    const value = flags[kebab(name)] ?? environment[`MODELRISK_${kebab(name).replaceAll('-', '_').toUpperCase()}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Else an empty port would be 0, which is any free one, and an empty host all of them.
  const empty = given.filter(([, value]) => value === '').map(([name]) => `--${kebab(name)}: is empty; write a value, or leave it out`);
  if (empty.length > 0) return failure(empty);
  const parsed = configuration.safeParse(Object.fromEntries(given));
  if (!parsed.success) return failure(parsed.error.issues.map((issue) => `--${kebab(String(issue.path[0]))}: ${issue.message}`));
  const problems = [fenceProblem(parsed.data), pushProblem(parsed.data), patchProblem(parsed.data), auditProblem(parsed.data)].filter(
    (problem) => problem !== null,
  );
  return problems.length === 0 ? success(parsed.data) : failure(problems);
}
