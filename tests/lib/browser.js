// Debian's Chromium, driven by playwright-core.
import { after } from 'node:test';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startStack } from './stack.js';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath =
  process.env.CHROMIUM ?? places.find((p) => fs.existsSync(p));

// Why the tests that need it are skipped; false if it is there.
export const skip = !executablePath && 'no Chromium on this machine';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = () => chromium.launch({ executablePath, args });

// A browser for all tests of a file, closed after the last of them: returns a
// function that opens a page in it, undefined if they are skipped.
export async function startBrowser() {
  if (skip) return undefined;
  const browser = await launch();
  after(() => browser.close());
  return (url, options) => openPage(browser, url, options);
}

// A stack as well. open(options) opens a page of it.
export async function startDesk(stackOptions) {
  if (skip) return {};
  const openAt = await startBrowser();
  const stack = await startStack(stackOptions);
  after(() => stack.stop());
  return { stack, open: (options) => openAt(stack.url, options) };
}

// A browser that keeps its data in `dir`, and can be killed: kill9() leaves it
// as a power failure would, for the next one on the same folder.
export async function startLastingBrowser(dir) {
  const context = await chromium.launchPersistentContext(dir, {
    executablePath,
    args,
    locale: 'en-US',
  });
  const lock = path.join(dir, 'SingletonLock'); // "host-pid"
  const kill9 = async () => {
    const gone = new Promise((resolve) => {
      context.once('close', resolve);
    });
    process.kill(Number(fs.readlinkSync(lock).split('-').at(-1)), 'SIGKILL');
    await gone;
    fs.rmSync(lock);
  };
  return {
    context,
    kill9,
    open: async (url) => watchPage(await context.newPage(), url),
  };
}

// A page that remembers all that went wrong on it: errors in scripts, what
// the CSP stopped, and requests to any other host.
async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  return { context, ...(await watchPage(await context.newPage(), url)) };
}

async function watchPage(page, url) {
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text()))
      faults.push(`console: ${m.text()}`);
  });
  page.on('request', (r) => {
    const at = new URL(r.url());
    if (
      ['http:', 'https:'].includes(at.protocol) &&
      at.origin !== new URL(url).origin
    )
      faults.push(`other host: ${r.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}
