/** What the operators of the tests were told that plans may patch. */
export const patchableKinds = [{ group: 'batch', version: 'v1', plural: 'cronjobs', kind: 'CronJob' }] as const;
