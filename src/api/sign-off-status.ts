import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { digest, instant, mapList, name, objectName, requiredText, setList } from './fields.ts';

const signOff = z
  .object({
    role: name('Role that was signed in.'),
    author: requiredText(253, 'Who signed.'),
    at: instant('When.'),
    digest: digest('Digest of what was signed.'),
    decision: objectName('RiskDecision.'),
    expires: instant('When it ends. Left out: never.').exactOptional(),
  })
  .meta({ description: 'Last sign-off in one role.' });

/** Most versions that are remembered as signed off. */
export const maxApprovedVersions = 16;

const approvedVersion = z
  .object({
    version: requiredText(128, 'Version of the model.'),
    imageDigest: digest('Digest of its image, as it was signed.').exactOptional(),
    digest: digest('Digest of what was signed.'),
    roles: setList(name('Role.'), { min: 1, max: 16, description: 'Roles that signed.' }),
    at: instant('When the last of them had signed.'),
    expires: instant('When the first of the sign-offs ends. Left out: never.').exactOptional(),
  })
  .meta({ description: 'One version with all sign-offs.' });

const signed = z
  .object({
    digest: digest('Digest of what was signed.'),
    decision: objectName('RiskDecision whose spec.signed is the text.'),
    at: instant('When all had signed it.'),
  })
  .meta({ description: 'What all roles of the tier signed last: its limits stay in force until all have signed again.' });

/** What a ModelRisk shows of its sign-offs. Read back after a restart: that all had signed is known nowhere else. */
export const signOffStatusFields = {
  signableDigest: digest('Digest of what a sign-off made now covers.').exactOptional(),
  signOffs: mapList(signOff, 'role', {
    max: 16,
    description: 'Last sign-off in each role, whether it still covers the model or not.',
  }).default([]),
  missingSignOffs: setList(name('Role.'), {
    max: 16,
    description: 'Roles the tier asks for whose sign-off the model lacks as it is now.',
  }).default([]),
  approvedVersions: mapList(approvedVersion, 'version', {
    max: maxApprovedVersions,
    description: 'Versions that carry all sign-offs the tier asks for, the newest first.',
  }).default([]),
  signed: signed.exactOptional(),
};

export type SignOffStatus = DeepReadonly<z.output<typeof signOff>>;
export type ApprovedVersion = DeepReadonly<z.output<typeof approvedVersion>>;
export type SignedStatus = DeepReadonly<z.output<typeof signed>>;
