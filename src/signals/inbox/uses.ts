/** A push signal a model is judged by. */
export interface PushUse {
  readonly namespace: string;
  readonly model: string;
  readonly policy: string;
  readonly signal: string;
}

/** A signal that counts an alert, or goes by it as its heartbeat. */
export interface AlertUse {
  /** Label that says which namespace the alert speaks of. */
  readonly namespaceLabel: string;
  readonly isHeartbeat: boolean;
}

/** Whom what is pushed would be of use to: nothing else is kept. */
export interface InboxUses {
  pushesIn(namespaces: ReadonlySet<string>): readonly PushUse[];
  alertUses(alertName: string): readonly AlertUse[];
}
