import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { resolveTool } from './tools/resolve.ts';

/** What a page did beside showing itself. */
export interface PageWitness {
  readonly page: Page;
  /** Addresses it asked for beside its own file. */
  readonly requests: readonly string[];
  /** What it said on its console, and what was thrown in it. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

export interface Sight {
  readonly width: number;
  /** Default light. */
  readonly scheme?: 'light' | 'dark';
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real browser without a window. Close it, or its processes outlive the test. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await resolveTool('chromium'), args: flags });
}

/** Opens a file as a person would who has no network. */
export async function openFile(browser: Browser, file: string, { width, scheme = 'light' }: Sight): Promise<PageWitness> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, offline: true });
  const page = await context.newPage();
  const own = pathToFileURL(file).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== own) requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  await page.goto(own, { waitUntil: 'load' });
  return { page, requests, complaints, close: () => context.close() };
}
