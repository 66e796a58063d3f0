/** One run of a job, or why there was none. Times as the API server gives them. */
export interface Remediation {
  /** Name of the Job it is. */
  readonly job: string;
  readonly engagement: number;
  readonly stage: string;
  readonly state: 'Running' | 'Succeeded' | 'Failed' | 'Refused';
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly message: string;
}
