import type { ProviderAddress } from './provider.ts';

interface Closable {
  close(): Promise<void>;
}

/** The clients of the providers in force, and of replaced ones until their last answer is in. */
export interface Connections<Client> {
  /** Runs a task with the client of a provider; null if there is none of that name. */
  use<Value>(name: string, task: (client: Client) => Promise<Value>): Promise<Value> | null;
  /** From now on these are the providers. One that did not change keeps its open connections; the others are closed when their tasks are done. */
  replace(providers: readonly ProviderAddress[]): void;
  /** Replaces all by none; resolves when everything is closed. */
  close(): Promise<void>;
}

interface Connection<Client> {
  readonly provider: ProviderAddress;
  readonly client: Client;
  readonly tasks: Set<Promise<unknown>>;
}

export function createConnections<Client extends Closable>(open: (provider: ProviderAddress) => Client): Connections<Client> {
  const inForce = new Map<string, Connection<Client>>();
  const retiring = new Set<Promise<void>>();

  function use<Value>(name: string, run: (client: Client) => Promise<Value>): Promise<Value> | null {
    const connection = inForce.get(name);
    if (connection === undefined) return null;
    const { client, tasks } = connection;
    const task = run(client).finally(() => tasks.delete(task));
    tasks.add(task);
    return task;
  }

  function retire({ provider, client, tasks }: Connection<Client>): void {
    inForce.delete(provider.name);
    // Not at once: a task may still wait for its turn to send.
    const retired = Promise.allSettled(tasks)
      .then(() => client.close())
      .finally(() => retiring.delete(retired));
    retiring.add(retired);
  }

  function replace(providers: readonly ProviderAddress[]): void {
    const wanted = new Map(providers.map((provider) => [provider.name, provider]));
    for (const connection of [...inForce.values()]) {
      if (!isSame(connection.provider, wanted.get(connection.provider.name))) retire(connection);
    }
    for (const provider of wanted.values()) {
      if (!inForce.has(provider.name)) inForce.set(provider.name, { provider, client: open(provider), tasks: new Set() });
    }
  }

  async function close(): Promise<void> {
    replace([]);
    await Promise.all(retiring);
  }

  return { use, replace, close };
}

function isSame(a: ProviderAddress, b: ProviderAddress | undefined): boolean {
  return b !== undefined && a.url === b.url && a.timeoutSeconds === b.timeoutSeconds;
}
