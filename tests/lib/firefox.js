// Firefox, driven by puppeteer-core over WebDriver BiDi, since playwright-core
// drives only builds of its own. null if there is none.
import fs from 'node:fs';
import puppeteer from 'puppeteer-core';

const places = [
  '/usr/bin/firefox-esr',
  '/usr/lib/firefox-esr/firefox-esr',
  '/usr/lib/firefox/firefox',
];

export const firefoxPath =
  process.env.FIREFOX ?? places.find((p) => fs.existsSync(p));

export const startFirefox = () =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    timeout: 180000,
    protocolTimeout: 180000,
  });

// A page that remembers what went wrong on it, with a few words for tests:
//   see(text)          waits until it is shown
//   press(text)        clicks the button of that name
//   drop(files)        [{name, type, buffer}], dropped on the page
export async function openFirefoxPage(browser, url) {
  const page = await browser.newPage();
  const faults = [];
  page.setDefaultTimeout(120000);
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (m) => {
    if (m.type() === 'error') faults.push(`console: ${m.text()}`);
  });
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url);
  const see = (text) =>
    page.waitForFunction(
      (words) => document.body.innerText.includes(words),
      {},
      text,
    );
  const press = async (text) => {
    const button = await page.waitForFunction(
      (name) =>
        [...document.querySelectorAll('button')].find(
          (b) =>
            b.innerText.trim() === name && b.checkVisibility() && !b.disabled,
        ),
      {},
      text,
    );
    await button.click();
  };
  const drop = (files) =>
    page.evaluate(
      (list) => {
        const dataTransfer = new DataTransfer();
        for (const { name, type, base64 } of list) {
          dataTransfer.items.add(
            new File(
              [Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))],
              name,
              { type },
            ),
          );
        }
        document.body.dispatchEvent(
          new DragEvent('drop', {
            bubbles: true,
            cancelable: true,
            dataTransfer,
          }),
        );
      },
      files.map(({ buffer, ...file }) => ({
        ...file,
        base64: buffer.toString('base64'),
      })),
    );
  return { page, faults, see, press, drop };
}
