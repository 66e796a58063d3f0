import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

import { resolveTool } from './tools/resolve.ts';

/** What Argo CD or kstatus says of one object. */
export interface SeenState {
  readonly status: string;
  readonly message: string;
}

export interface ReconciledResource {
  readonly kind: string;
  readonly name: string;
  /** `Synced` or `OutOfSync`. */
  readonly status: string;
  /** What is live as the diff saw it, ignored fields gone. */
  readonly live: unknown;
  /** What would be live after a sync, as the diff saw it. */
  readonly predicted: unknown;
  /** What the sync did to it; empty when it did nothing. */
  readonly synced: string;
}

export interface Reconciled {
  readonly resources: readonly ReconciledResource[];
  /** `Succeeded`, `Failed`, `Error`; empty when nothing was synced. */
  readonly phase: string;
  readonly message: string;
}

export interface ReconcileQuestion {
  /** The Application's manifest, as YAML. */
  readonly application: string;
  /** What Git says. */
  readonly targets: readonly object[];
  /**
   * `Compare` looks only; `SelfHeal` applies what is OutOfSync, as Argo CD does by itself every few seconds; `Sync` is what a
   * person's "sync" of the whole Application does.
   */
  readonly mode: 'Compare' | 'SelfHeal' | 'Sync';
}

/** An action Argo CD offers on an object. */
export interface OfferedAction {
  readonly name: string;
  readonly disabled: boolean;
  readonly displayName: string;
}

export interface SeenActions {
  readonly offered: readonly OfferedAction[];
  /** What the action that was run would create or patch. */
  readonly impacts: readonly { readonly operation: string; readonly object: unknown }[];
}

/** Argo CD as far as a test needs it: its own code for health, diff and sync, without its servers. */
export interface ArgoCD {
  /** Null for an object Argo CD gives no health. */
  healthOf(objects: readonly object[]): Promise<readonly (SeenState | null)[]>;
  kstatusOf(objects: readonly object[]): Promise<readonly SeenState[]>;
  reconcile(question: ReconcileQuestion): Promise<Reconciled>;
  /** `run` null: none is run. Nothing is sent to a cluster. */
  actionsOf(object: object, run: string | null): Promise<SeenActions>;
  close(): void;
}

export interface ArgoCDOptions {
  /** Of the cluster Applications are synced to. */
  readonly kubeconfig: string;
  /** `data` of argocd-cm. Default: what `config/argocd` adds to an empty one. */
  readonly data?: Readonly<Record<string, string>>;
}

export async function openArgoCD({ kubeconfig, data }: ArgoCDOptions): Promise<ArgoCD> {
  const argocdData = data ?? (await shippedData());
  const helper = startHelper(await resolveTool('argocheck'));
  const ask = (question: object): Promise<unknown> => helper.ask(question);
  return {
    healthOf: async (objects) => (await ask({ health: { argocdData, objects } })) as readonly (SeenState | null)[],
    kstatusOf: async (objects) => (await ask({ kstatus: { objects } })) as readonly SeenState[],
    reconcile: async (question) => (await ask({ reconcile: { kubeconfig, argocdData, ...question } })) as Reconciled,
    actionsOf: async (object, run) => {
      const seen = (await ask({ actions: { argocdData, object, ...(run === null ? {} : { run }) } })) as SeenActions;
      // Its JSON leaves out what is false.
      return {
        ...seen,
        offered: seen.offered.map((action) => ({ ...action, disabled: (action as Partial<OfferedAction>).disabled ?? false })),
      };
    },
    close: () => {
      helper.close();
    },
  };
}

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

/** One process for many questions: it reads what the cluster serves once. It ends with its input, so never later than this process. */
function startHelper(command: string) {
  const child = spawn(command, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout })
    .on('line', (line) => waiting.shift()?.(line))
    .on('close', () => {
      for (const tell of waiting.splice(0)) tell('{"error":"argocheck ended"}');
    });
  return {
    ask: async (question: object): Promise<unknown> => {
      const answered = new Promise<string>((resolve) => waiting.push(resolve));
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, error } = JSON.parse(await answered) as Answer;
      if (error !== undefined) throw new Error(`argocheck: ${error}`);
      return value;
    },
    close: (): void => {
      child.stdin.end();
    },
  };
}

async function shippedData(): Promise<Readonly<Record<string, string>>> {
  const patch = parse(await readFile('config/argocd/argocd-cm.yaml', 'utf8')) as { readonly data: Readonly<Record<string, string>> };
  return patch.data;
}
