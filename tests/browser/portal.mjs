// People in front of the portal: each journey as somebody would go it, in one Chromium.
// Usage: node portal.mjs SETTINGS.json; portal_test.cpp writes that and reads what is printed: a
// line a journey, "ok NAME" or "failed NAME: why". A screenshot of a failure stays in the folder.
//
//   base, folder        where the product listens; where screenshots go
//   owner, admin, password   who signs in; number, secret: a number of theirs, a carrier's secret
//   wanted              names of journeys, or none for all
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { journeys, others } from "./portal_journeys.mjs";
import { screens } from "./portal_screens.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(join(root, "build/npm/node_modules/"));
const { chromium } = require("playwright-core");
const settings = JSON.parse(await readFile(process.argv[2], "utf8"));
const PATIENCE_MS = 60_000; // a browser on a busy machine
const SIZES = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 900 } };

const browser = await chromium.launch({
  executablePath: "/usr/lib/chromium/chromium-headless-shell",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});

// Somebody with a window of their own. What the page complains of is a failure too.
async function open(who, { size = 1280, scheme = "light", language = "en-GB", state } = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size] ?? { width: size, height: 800 },
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: language,
    storageState: state,
    baseURL: settings.base,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    // A refused request is what some journeys are about; a broken rule of the policy never is.
    if (message.type() === "error" && !text.startsWith("Failed to load resource"))
      complaints.push(text);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`a script of a stranger ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  if (who && !state) await signIn(page, who);
  return { context, page, complaints, close: () => context.close() };
}

async function signIn(page, who) {
  await page.goto("/");
  await page.getByLabel("E-mail").fill(settings[who]);
  await page.getByLabel("Password").fill(settings.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".shell").waitFor();
}

// A session for each, once: signing in is a journey of its own, and guesses are counted.
const states = {};
function stateOf(who) {
  states[who] ??= open(who).then(async (one) => {
    const state = await one.context.storageState();
    await one.close();
    return state;
  });
  return states[who];
}

// Two of the same name wait for each other: an account has one address for webhooks.
const turns = {};
async function alone(name, work) {
  const before = turns[name];
  let done;
  turns[name] = new Promise((resolve) => (done = resolve));
  await before;
  try {
    return await work();
  } finally {
    done();
  }
}

const world = {
  settings,
  root,
  alone,
  open,
  as: async (who, options = {}) => open(who, { ...options, state: await stateOf(who) }),
  api: async (path, options = {}) => {
    const response = await fetch(settings.base + path, options);
    return { status: response.status, body: await response.text() };
  },
};

async function go([name, journey]) {
  const opened = [];
  const keep =
    (call) =>
    async (...args) => {
      const one = await call(...args);
      opened.push(one);
      return one;
    };
  const began = Date.now();
  try {
    await journey({ ...world, open: keep(world.open), as: keep(world.as) });
    const complaints = opened.flatMap((one) => one.complaints);
    if (complaints.length > 0) throw new Error(complaints.join(" / "));
    console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    const why = String(error.message ?? error)
      .replace(/\u001b\[\d+m/g, "")
      .replace(/\s+/g, " ");
    for (const [index, { page }] of opened.entries()) {
      const file = join(settings.folder, `${name.replace(/\W+/g, "_")}_${index}.png`);
      await page.screenshot({ path: file, fullPage: true }).catch(() => null);
    }
    console.log(`failed ${name}: ${why.slice(0, 1500)}`);
  }
  for (const one of opened) await one.close().catch(() => null);
}

// A phone, a desk, and whoever looks at every screen: at the same time, as people do.
const chains = [journeys(390), journeys(1280), [...screens(), ...others()]];
await Promise.all(
  chains.map(async (chain) => {
    for (const one of chain) {
      if (!settings.wanted?.length || settings.wanted.includes(one[0])) await go(one);
    }
  }),
);
await writeFile(join(settings.folder, "done"), "");
await browser.close();
