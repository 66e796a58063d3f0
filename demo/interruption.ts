/** Somebody wants the demo to end: Ctrl-C, `kill`, a closed terminal. */
export interface Interruption {
  readonly asked: Promise<void>;
  /** Settles as the task does, but rejects with `Interrupted` as soon as somebody asked. The task is left to itself: stop its parts. */
  before<Value>(task: Promise<Value>): Promise<Value>;
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface SignalEmitter {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** From now on signals only ask. Asking again changes nothing: a terminal, npm and our own outer run may each pass the same Ctrl-C on. */
export function listenForInterruption(signals: SignalEmitter): Interruption {
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) signals.on(signal, resolve);
  });
  const interrupted = asked.then((): never => {
    throw new Interrupted('the demo was asked to end');
  });
  interrupted.catch(() => undefined);
  return { asked, before: (task) => Promise.race([interrupted, task]) };
}
