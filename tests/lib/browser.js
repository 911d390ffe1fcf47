// Debian's Chromium, driven by playwright-core; null where there is none.
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const executablePath = process.env.CHROMIUM ?? places.find((p) => fs.existsSync(p));

export function startBrowser() {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A page that remembers all that went wrong on it: errors in scripts, what
// the CSP stopped, and requests to any other host.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) faults.push(`console: ${m.text()}`);
  });
  page.on('request', (r) => {
    const at = new URL(r.url());
    if (['http:', 'https:'].includes(at.protocol) && at.origin !== new URL(url).origin) faults.push(`other host: ${r.url()}`);
  });
  await page.goto(url);
  return { page, context, faults };
}
