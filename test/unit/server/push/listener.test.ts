import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTLS, type PeerCertificate, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rereadEveryMs, startPushListener, type PushListener, type PushListenerOptions } from '../../../../src/server/push/listener.ts';
import type { PushRequest } from '../../../../src/server/push/endpoint.ts';
import { eventually } from '../../../../testbed/eventually.ts';
import { selfSigned } from '../../../builders/certificate.ts';
import { createManualClock, type ManualClock } from '../../../builders/manual-clock.ts';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly servedBy: string;
  readonly headers: IncomingHttpHeaders;
}

let directory: string;
let clock: ManualClock;
let logged: string[];
let listener: PushListener | null;
const files = () => ({ certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') });

function write({ cert, key }: { readonly cert: string; readonly key: string }): void {
  writeFileSync(files().certFile, cert);
  writeFileSync(files().keyFile, key);
}

/** Echoes what it was asked, with the body cut at 10 bytes. */
async function echo(request: PushRequest) {
  const { method, path, authorization } = request;
  return { status: 200, body: { method, path, authorization, body: await request.readBody(10) } };
}

async function start(changes: Partial<PushListenerOptions> = {}): Promise<PushListener> {
  const log = (_fields: object, message: string): void => void logged.push(message);
  listener = await startPushListener({
    ...{ ...files(), host: '127.0.0.1', port: 0, answer: echo, clock },
    log: { debug: log, info: log, warn: log, error: log },
    ...changes,
  });
  return listener;
}

/** By shape: in a test the class is of another realm. */
function peerOf({ socket }: IncomingMessage): PeerCertificate {
  return (socket as Socket & Pick<TLSSocket, 'getPeerCertificate'>).getPeerCertificate();
}

function send(port: number, body: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/v1/readings?a=b', agent: false, rejectUnauthorized: false, ...options },
      (response) => {
        const chunks: Buffer[] = [];
        const { subject } = peerOf(response);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode,
            body: Buffer.concat(chunks).toString(),
            servedBy: String(subject.CN),
            headers: response.headers,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'push-tls-'));
  clock = createManualClock();
  logged = [];
  listener = null;
  write(selfSigned('first'));
});

afterEach(async () => {
  await listener?.close();
  await rm(directory, { recursive: true });
});

describe('the listener for pushes', () => {
  it('hands over method, path without query, token and body', async () => {
    const { port } = await start();
    const { body } = await send(port, 'hello', { headers: { authorization: 'Bearer abc' } });
    expect(JSON.parse(body)).toEqual({ method: 'POST', path: '/v1/readings', authorization: 'Bearer abc', body: 'hello' });
  });

  it('says that a body is too long instead of breaking off', async () => {
    const { port } = await start();
    const { status, body } = await send(port, 'x'.repeat(200_000));
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ body: null })]);
  });

  it.each<[string, (port: number) => Socket]>([
    ['begins no handshake', (port) => connect({ host: '127.0.0.1', port })],
    ['ends its handshake and asks nothing', (port) => connectTLS({ host: '127.0.0.1', port, rejectUnauthorized: false })],
  ])('regression: who %s is sent away: some hundred of them took every place for two minutes', async (_what, open) => {
    const { port } = await start({ patienceMs: 200 });
    const silent = open(port);
    // Waits for the server: nothing on this side ever ends the connection.
    await new Promise<void>((resolve) => {
      silent.on('error', () => undefined);
      silent.on('close', () => {
        resolve();
      });
      silent.resume();
    });
    expect((await send(port, 'hello')).status).toBe(200);
  });

  it('keeps no connection of whom nobody knows', async () => {
    const answers = async (status: number) => {
      const { port } = await start({ answer: () => Promise.resolve({ status, body: {} }) });
      const agent = new Agent({ keepAlive: true });
      const { headers } = await send(port, '', { agent });
      agent.destroy();
      await listener?.close();
      return headers.connection;
    };
    expect([await answers(401), await answers(200)]).toEqual(['close', 'keep-alive']);
  });

  it('serves nothing over plain text', async () => {
    const { port } = await start();
    await expect(fetch(`http://127.0.0.1:${port}/v1/readings`, { method: 'POST', body: '{}' })).rejects.toThrow();
  });

  it('serves a renewed certificate without a restart, once it was looked at again', async () => {
    const { port } = await start();
    expect((await send(port, '')).servedBy).toBe('first');
    write(selfSigned('second'));
    expect((await send(port, '')).servedBy).toBe('first');
    await clock.advance(rereadEveryMs);
    await eventually(async () => (await send(port, '')).servedBy === 'second');
    expect(logged).toContain('a new certificate for pushes is served');
  });

  it('goes on with the last one while half of a renewal is written, and takes the whole', async () => {
    const { port } = await start();
    const renewed = selfSigned('third');
    writeFileSync(files().certFile, renewed.cert);
    await clock.advance(rereadEveryMs);
    await eventually(() => Promise.resolve(logged.includes('the certificate for pushes could not be read again; the last one is served')));
    expect((await send(port, '')).servedBy).toBe('first');
    writeFileSync(files().keyFile, renewed.key);
    await clock.advance(rereadEveryMs);
    await eventually(async () => (await send(port, '')).servedBy === 'third');
  });

  it.each([
    ['no file', () => rm(files().keyFile), /can't be read \(ENOENT\): check --push-tls-cert-file .* and --push-tls-key-file/],
    ['a key of another certificate', () => writeFile(files().keyFile, selfSigned('x').key), /are no certificate and its key/],
    ['no PEM', () => writeFile(files().certFile, 'hunter2'), /are no certificate and its key in PEM/],
  ])('does not start with %s, and says what to do', async (_what, spoil, sentence) => {
    await spoil();
    const refusal = await start().then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(refusal).toMatch(sentence);
    expect(refusal).not.toContain('hunter2');
  });

  it('leaves no timer behind', async () => {
    const started = await start();
    await started.close();
    listener = null;
    expect(clock.pending()).toBe(0);
  });
});
