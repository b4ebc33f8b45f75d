// What holds of every screen: axe finds nothing, in light and dark; nothing is wider than a phone;
// in another language nothing is English; the first view is small. Names are those of
// portal_test.cpp.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const OWN = [
  "/",
  "/send",
  "/logs",
  "/campaigns",
  "/campaigns/new",
  "/contacts",
  "/inbox",
  "/opt-outs",
  "/keys",
  "/webhooks",
  "/events",
  "/verify",
  "/errors",
  "/balance",
  "/prices",
  "/sender-ids",
  "/team",
  "/audit",
  "/workspace",
  "/ringcentral",
  "/notifications",
  "/profile",
  "/forgotten",
  "/new-password#made-up",
  "/invitation#made-up",
];
const PLATFORM = [
  "/ringcentral",
  "/platform",
  "/platform/senders",
  "/platform/routes",
  "/platform/routes/ESMS_KE",
  "/platform/carriers",
  "/platform/prices",
  "/platform/numbers",
  "/platform/receipts",
  "/platform/upkeep",
];
const ACCOUNT_PARTS = ["people", "keys", "carriers", "webhooks", "audit"];
const FIRST_VIEW_BYTES_MAX = 100_000;
const LIST_LINKS = {
  "/logs": "a[href^='/logs/']",
  "/campaigns": "td a[href^='/campaigns/']",
  "/contacts": "td a[href^='/contacts/']",
  "/inbox": ".threads a",
  "/webhooks": "td a[href^='/webhooks/']",
  "/platform": "td a[href^='/platform/accounts/']",
  "/platform/carriers": "td a[href^='/platform/carriers/']",
};

// Shows a screen and waits until it has what it shows.
async function show(page, path) {
  await page.evaluate((href) => {
    history.pushState(null, "", href);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await settled(page);
}
async function settled(page) {
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

// Every screen of somebody, and of each list its first row.
async function everyScreen(page, paths, look) {
  await page.goto(paths[0]);
  await settled(page);
  for (const path of paths) {
    await show(page, path);
    await look(path);
    const row = LIST_LINKS[path] && page.locator(LIST_LINKS[path]).first();
    if (!row || !(await row.count())) continue;
    await row.click();
    await settled(page);
    await look(`${path} and its first row`);
    const opened = new URL(page.url()).pathname;
    for (const part of path === "/platform" ? ACCOUNT_PARTS : []) {
      await show(page, `${opened}?part=${part}`);
      await look(`${path} and its first row's ${part}`);
    }
  }
}

// What is looked for on a screen; each gives what it found, as texts.
export async function axe(page, { root }) {
  const known = await page.evaluate("typeof axe !== 'undefined'");
  if (!known) {
    await page.evaluate(
      await readFile(join(root, "build/npm/node_modules/axe-core/axe.min.js"), "utf8"),
    );
  }
  // What is around a screen is looked at once.
  const { violations, passes } = await page.evaluate(
    (place) =>
      axe.run(place, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        resultTypes: ["violations"],
      }),
    known ? "main" : "html",
  );
  assert.ok(passes.length > 5, "axe looked at nothing");
  return violations.map(({ id, nodes }) => `${id} at ${nodes[0].target.join(" ")}`);
}

// Nothing is wider than the window, with letters of twice the size too.
async function width(page) {
  const found = [];
  for (const letters of ["", "30px"]) {
    const over = await page.evaluate((size) => {
      document.documentElement.style.fontSize = size;
      return document.documentElement.scrollWidth - innerWidth;
    }, letters);
    if (over > 0) found.push(`${over} px too wide with letters of ${letters || "the usual size"}`);
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  return found;
}

// All texts of a page but what is data (dir=auto) or said to be English.
function shownTexts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const all = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest("[lang=en], [dir=auto], script")) all.push(text.data.trim());
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    for (const name of ["aria-label", "title", "placeholder"]) {
      all.push(node.getAttribute(name) ?? "");
    }
  }
  return all;
}

// Nothing is English where another language was asked for, and no hole is left open.
async function words(page, { root, language }) {
  const { readCatalogue } = await import(pathToFileURL(join(root, "portal/catalogue.mjs")));
  const catalogue = await readCatalogue();
  const english = new Set(catalogue.map(({ en }) => en.split("§")[0]));
  for (const entry of catalogue) english.delete(entry[language]);
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  const texts = await page.evaluate(shownTexts);
  assert.ok(texts.length > 10);
  return texts
    .filter((text) => english.has(text) || (/\{\w+\}/.test(text) && !text.includes("{{")))
    .map((text) => `"${text}" is not ${language}`);
}

async function look(world, who, paths, { checks, ...options }) {
  const { page } = await world.as(who, options);
  const found = [];
  await everyScreen(page, paths, async (path) => {
    for (const check of checks) {
      const complaints = await check(page, { ...world, ...options });
      found.push(...complaints.map((complaint) => `${path}: ${complaint}`));
    }
  });
  assert.deepEqual(found, []);
}

// Scripts of the first view as they come over the wire: compressed, in the dearest language.
async function firstView({ as }) {
  const { page } = await as("owner", { language: "fr-FR" });
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  const scripts = new Set();
  let bytes = 0;
  client.on(
    "Network.responseReceived",
    ({ requestId, type }) => type === "Script" && scripts.add(requestId),
  );
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto("/");
  await page.locator(".figures").waitFor();
  await settled(page);
  assert.ok(bytes > 10_000 && bytes < FIRST_VIEW_BYTES_MAX, `${bytes} bytes of script`);
  console.log(`  the first view takes ${bytes} bytes of script in ${scripts.size} files`);
}

export function screens() {
  const own = (options) => (world) => look(world, "owner", OWN, options);
  const platform = (options) => (world) => look(world, "admin", PLATFORM, options);
  return [
    ["light", own({ size: 1280, scheme: "light", checks: [axe] })],
    ["dark-in-swahili", own({ size: 390, scheme: "dark", language: "sw", checks: [axe, words] })],
    ["narrow-in-french", own({ size: 360, language: "fr", checks: [width, words] })],
    [
      "platform-light-in-portuguese",
      platform({ size: 1280, scheme: "light", language: "pt", checks: [axe, words] }),
    ],
    ["platform-dark-and-narrow", platform({ size: 360, scheme: "dark", checks: [axe, width] })],
    ["first-view", firstView],
  ];
}
