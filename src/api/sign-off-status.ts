import * as z from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { digest, instant, mapList, name, objectName, requiredText, setList, text } from './fields.ts';

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

export const heldFields = {
  field: requiredText(317, 'Path of the field.'),
  signed: text(128, 'As it was signed: what is in force, or looser than that.'),
  written: text(128, 'As it is written, which does not take effect until all have signed.'),
};

/** On the indicator whose limits are held. */
export const signedLimit = mapList(z.object(heldFields).meta({ description: 'One term that is written weaker than signed.' }), 'field', {
  max: 16,
  description: 'SignedLimit: what of it is in force as it was signed, though something else is written.',
});

const signedTerm = z.object(heldFields).meta({ description: 'One term of the model that is written weaker than signed.' });

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
  signedTerms: mapList(signedTerm, 'field', {
    max: 64,
    description: 'Terms of the model other than of its indicators that are in force as signed, though something weaker is written.',
  }).default([]),
  ownerEstimates: setList(name('Entry of risks.'), {
    max: 64,
    description: 'Entries of risks whose likelihood and impact only who wrote the model answers for: no sign-off covers them.',
  }).default([]),
};

export type SignOffStatus = DeepReadonly<z.output<typeof signOff>>;
export type ApprovedVersion = DeepReadonly<z.output<typeof approvedVersion>>;
export type SignedStatus = DeepReadonly<z.output<typeof signed>>;
