import { lookup } from 'node:dns';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { webhookMessage } from '../../../src/notifications/webhook.ts';
import { createNoticeSender } from '../../../src/notifications/sender.ts';
import type { Credential, Delivery, NoticeSender } from '../../../src/notifications/sender.ts';
import { guardedLookup, isForbiddenHost } from '../../../src/signals/forbidden-address.ts';
import { listenHTTP, readBody } from '../../../testbed/http-server.ts';
import { aNotice, anIncident } from '../../builders/notifiable.ts';

interface Received {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function aSender(resolve: typeof lookup = lookup): NoticeSender {
  return createNoticeSender({ clock: createSystemClock(), guard: { isForbiddenHost, lookup: guardedLookup(resolve) } });
}

function deliveryTo(url: string, credential: Credential | null = null, timeoutMs = 5000): Delivery {
  return { url, timeoutMs, urlPlace: 'the RiskPolicy', credential, id: 'uid-1/0', message: webhookMessage(aNotice(anIncident('Engaged'))) };
}

/** A stand-in for a receiver, to inject faults a real one shows rarely. */
async function aReceiver(respond: RequestListener): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = await listenHTTP((request, response) => {
    void readBody(request).then((body) => {
      received.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body: body.toString() });
      respond(request, response);
    });
  });
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${String(server.port)}`, received };
}

const takes: RequestListener = (_request, response) => response.writeHead(200).end('ok');

describe('createNoticeSender', () => {
  it('posts the message under its id, with the token in the header', async () => {
    const { url, received } = await aReceiver(takes);
    expect(await aSender().send(deliveryTo(`${url}/hook`, { use: 'Bearer', secret: 's3cret' }))).toEqual({ ok: true, value: null });
    expect(received).toMatchObject([
      { line: 'POST /hook', headers: { authorization: 'Bearer s3cret', 'idempotency-key': 'uid-1/0', 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ text: expect.stringContaining('Engaged') });
  });

  it('appends a secret that is a path', async () => {
    const { url, received } = await aReceiver(takes);
    expect((await aSender().send(deliveryTo(`${url}/services/`, { use: 'Path', secret: 'T0/B0/x-y_z' }))).ok).toBe(true);
    expect(received[0]?.line).toBe('POST /services/T0/B0/x-y_z');
    expect(received[0]?.headers.authorization).toBeUndefined();
  });

  it.each(['../admin', 'a/../b', 'a?b', '//evil.example', 'a%2e', ''])('refuses the path %p without telling it', async (secret) => {
    const { url, received } = await aReceiver(takes);
    const sent = await aSender().send(deliveryTo(url, { use: 'Path', secret }));
    expect(sent).toMatchObject({ ok: false, failure: { isAnswer: false } });
    if (secret !== '') expect(JSON.stringify(sent)).not.toContain(secret);
    expect(received).toEqual([]);
  });

  it('tells a refusal from an outage, and how long the receiver asks to wait', async () => {
    const { url } = await aReceiver((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end('secret details'));
    expect(await aSender().send(deliveryTo(url))).toEqual({
      ok: false,
      failure: { message: 'answered with HTTP status 429', retryAfterMs: 7000, isAnswer: true },
    });
    const { url: small } = await aReceiver((_request, response) => response.writeHead(413).end());
    expect(await aSender().send(deliveryTo(small))).toMatchObject({ ok: false, failure: { isAnswer: true, isTooLarge: true } });
    expect(await aSender().send(deliveryTo('http://127.0.0.1:1'))).toEqual({
      ok: false,
      failure: { message: 'could not be reached (ECONNREFUSED)', retryAfterMs: null, isAnswer: false },
    });
  });

  it('follows no redirect: a receiver could lead it anywhere', async () => {
    const inner = await aReceiver(takes);
    const { url } = await aReceiver((_request, response) => response.writeHead(307, { location: inner.url }).end());
    const sent = await aSender().send(deliveryTo(url));
    expect(sent).toMatchObject({ ok: false, failure: { message: expect.stringContaining('307; redirects are not followed') } });
    expect(inner.received).toEqual([]);
  });

  it('gives up on one that does not answer', async () => {
    const { url } = await aReceiver(() => undefined);
    expect(await aSender().send(deliveryTo(url, null, 200))).toMatchObject({
      ok: false,
      failure: { message: 'did not answer within 0.2 s' },
    });
  });

  it('survives one that breaks off, and one that says more than it should', async () => {
    const broken = await aReceiver((request) => request.socket.destroy());
    expect(await aSender().send(deliveryTo(broken.url))).toMatchObject({ ok: false, failure: { isAnswer: false } });
    const chatty = await aReceiver((_request, response) => response.writeHead(200).end('x'.repeat(1_000_000)));
    expect((await aSender().send(deliveryTo(chatty.url))).ok).toBe(true);
  });

  it.each(['http://169.254.169.254/latest', 'http://[fd00:ec2::254]', 'http://metadata.google.internal', 'ftp://host', 'http://u:p@host'])(
    'never calls %s',
    async (url) => {
      expect(await aSender().send(deliveryTo(url))).toMatchObject({
        ok: false,
        failure: { message: expect.stringMatching(/^the URL of the receiver/) },
      });
    },
  );

  it('never calls a name that leads to a metadata address', async () => {
    const astray = ((_name: string, _options: object, done: (error: null, found: object[]) => void) => {
      done(null, [{ address: '169.254.169.254', family: 4 }]);
    }) as unknown as typeof lookup;
    expect(await aSender(astray).send(deliveryTo('http://innocent.example'))).toEqual({
      ok: false,
      failure: { message: 'could not be reached (ADDRESS_FORBIDDEN)', retryAfterMs: null, isAnswer: false },
    });
  });

  it('does not break on a secret that is no header', async () => {
    const { url, received } = await aReceiver(takes);
    const sent = await aSender().send(deliveryTo(url, { use: 'Bearer', secret: 'a\r\nx-evil: 1' }));
    expect(sent.ok).toBe(false);
    expect(JSON.stringify(sent)).not.toContain('evil');
    expect(received).toEqual([]);
  });
});
