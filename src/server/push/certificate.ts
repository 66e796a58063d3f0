import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { failure, success, type Result } from '../../shared/result.ts';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A chain and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Reads both and makes sure that they can be served. The failure is one sentence and never holds a key. */
export async function readCertificate({ certFile, keyFile }: CertificateFiles): Promise<Result<Certificate, string>> {
  let read: readonly [string, string];
  try {
    read = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  } catch (error) {
    return failure(
      `the certificate for pushes can't be read (${codeOf(error)}): check --push-tls-cert-file ${certFile} and --push-tls-key-file ${keyFile}`,
    );
  }
  const [cert, key] = read;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    return failure(`${certFile} and ${keyFile} are no certificate and its key in PEM (${codeOf(error)}): write both anew`);
  }
  return success({ cert, key });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
