// The browser of tests/bench/portal.sh, which writes its settings and says what is measured.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(join(root, "build/npm/node_modules/"));
const { chromium } = require("playwright-core");
const settings = JSON.parse(await readFile(process.argv[2], "utf8"));
const SLOW_MS = 300;
const ROUNDS = 5;
const SIZES = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 900 } };
// Chromium's own "Fast 3G": 562.5 ms from request to the first byte, 1.44 Mbit/s.
const FAST_3G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: 180_000,
  uploadThroughput: 84_375,
};
const OWN = [
  "/",
  "/logs",
  "/logs?status=failed",
  "/logs?to=%2B254700000042",
  "/errors",
  "/campaigns",
  "/contacts",
  "/inbox",
  "/opt-outs",
  "/balance",
  "/notifications",
  "/audit",
];
const PLATFORM = [
  "/platform",
  "/platform/accounts/1",
  "/platform/senders",
  "/platform/routes",
  "/platform/carriers",
  "/platform/prices",
  "/platform/numbers",
  "/platform/receipts",
  "/platform/upkeep",
];

const browser = await chromium.launch({
  executablePath: "/usr/lib/chromium/chromium-headless-shell",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--expose-gc"],
});
const states = {};

async function open(who, { size = 1280, scheme = "light" } = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: scheme,
    locale: "en-GB",
    baseURL: settings.base,
    storageState: states[who],
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  if (!states[who]) {
    await page.goto("/");
    await page.getByLabel("E-mail").fill(settings[who]);
    await page.getByLabel("Password").fill(settings.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".shell").waitFor();
    states[who] = await context.storageState();
  }
  return { page, context, client: await context.newCDPSession(page) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function settled(page) {
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

// For a view that does not come: what stands on the page, and what it still waits for.
function whatIsSeen(page) {
  const waiting = new Set();
  page.on("request", (request) => waiting.add(request));
  page.on("requestfinished", (request) => waiting.delete(request));
  page.on("requestfailed", (request) => waiting.delete(request));
  return async (failed) => {
    const text = await page.locator("body").innerText();
    const paths = [...waiting].map((request) => new URL(request.url()).pathname);
    throw new Error(
      `${failed.message.split("\n")[0]} It shows "${text.replace(/\s+/g, " ").slice(0, 200)}" and ` +
        `waits for ${paths.join(", ") || "nothing"}.`,
    );
  };
}

// From the click on the address until the figures of the overview stand there, and the scripts
// that came for it.
async function firstView({ cpu = 1, network = null, cached = false }) {
  const took = [];
  const thread = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; ++round) {
    const { page, context, client } = await open("owner");
    await client.send("Network.enable");
    await client.send("Performance.enable");
    if (cached) {
      await page.goto("/");
      await page.locator(".figures").waitFor();
      await settled(page);
    }
    const scripts = new Set();
    bytes = 0;
    client.on(
      "Network.responseReceived",
      ({ requestId, type }) => type === "Script" && scripts.add(requestId),
    );
    client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) bytes += encodedDataLength;
    });
    if (cpu > 1) await client.send("Emulation.setCPUThrottlingRate", { rate: cpu });
    if (network) await client.send("Network.emulateNetworkConditions", network);
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector(".figures .figure")) return;
        observer.disconnect();
        requestAnimationFrame(() => (globalThis.usableAt = performance.now()));
      }).observe(document, { childList: true, subtree: true });
    });
    const say = whatIsSeen(page);
    await page.goto("/", { waitUntil: "commit" });
    const handle = await page.waitForFunction(() => globalThis.usableAt).catch(say);
    took.push(await handle.jsonValue());
    const { metrics } = await client.send("Performance.getMetrics");
    thread.push(1000 * metrics.find(({ name }) => name === "ThreadTime").value);
    await settled(page);
    await context.close();
  }
  return { ms: Math.round(median(took)), thread: Math.round(median(thread)), bytes };
}

async function view() {
  const rows = [
    ["as it is", {}],
    ["CPU 4 times slower", { cpu: 4 }],
    ["fast 3G", { network: FAST_3G }],
    ["fast 3G, CPU 4 times slower", { cpu: 4, network: FAST_3G }],
    ["the same, files of the page kept", { cpu: 4, network: FAST_3G, cached: true }],
    ["CPU 4 times slower, files kept", { cpu: 4, cached: true }],
  ];
  for (const [name, how] of rows) {
    // Nothing within 60 s is a figure too, and no reason to end the others.
    const said = await firstView(how).then(
      ({ ms, thread, bytes }) => `${ms} ms (${thread} ms of CPU), ${bytes} B of script`,
      (failed) => String(failed.message).split("\n")[0],
    );
    console.log(`  overview usable, ${name}: ${said}`);
  }
}

// Shows every screen; says what took long, and keeps a picture.
async function screens() {
  for (const [who, paths] of [
    ["owner", OWN],
    ["admin", PLATFORM],
  ]) {
    for (const [size, scheme] of [
      [1280, "light"],
      [1280, "dark"],
      [390, "light"],
      [390, "dark"],
    ]) {
      const { page, context } = await open(who, { size, scheme });
      page.on("requestfinished", async (request) => {
        const { responseEnd, requestStart } = request.timing();
        const ms = Math.round(responseEnd - requestStart);
        if (ms > SLOW_MS) console.log(`  SLOW ${ms} ms: ${new URL(request.url()).pathname}`);
      });
      await page.goto(paths[0]);
      await settled(page);
      const took = [];
      for (const path of paths) {
        const began = Date.now();
        await page.evaluate((href) => {
          history.pushState(null, "", href);
          dispatchEvent(new PopStateEvent("popstate"));
        }, path);
        await settled(page);
        took.push(`${path} ${Date.now() - began}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.log(`  WIDE ${path} at ${size}: ${wide} px`);
        if (settings.shots) {
          const name = `${path.replace(/\W+/g, "_")}_${size}_${scheme}.png`;
          await page.screenshot({ path: join(settings.shots, name) });
        }
      }
      console.log(`  ${who} ${size} ${scheme}, ms: ${took.join(", ")}`);
      await context.close();
    }
  }
}

// On to older messages and back: what is asked for, and what is seen meanwhile.
async function pages() {
  const { page, context } = await open("owner");
  await page.goto("/logs");
  await settled(page);
  await page.waitForTimeout(2500); // until what the first connection asks for again is here
  const asked = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === "/api/messages") asked.push(search.includes("after") ? "older" : "newest");
  });
  const step = async (name, act) => {
    asked.length = 0;
    const began = Date.now();
    await act();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    await settled(page);
    const seen = Date.now() - began;
    await page.waitForTimeout(1500);
    console.log(`  ${name}: rows after ${seen} ms, asked for: ${asked.join(", ") || "nothing"}`);
  };
  await step("page 2", () => page.getByRole("link", { name: "Older" }).click());
  await step("page 3", () => page.getByRole("link", { name: "Older" }).click());
  await step("back to page 2", () => page.goBack());
  await step("back to page 1", () => page.goBack());
  await step("on to page 2", () => page.goForward());
  await step("a message of it", () => page.locator("tbody a").first().click());
  await context.close();
}

function publish(rate, seconds) {
  const child = spawn(
    settings.clients,
    ["bridge", settings.ws, "1", "1", String(seconds), settings.redis, settings.bridge_pid],
    {
      env: { ...process.env, FLOOD: "0", RATE: String(rate), EVENT_TYPE: "message_status" },
      stdio: "ignore",
    },
  );
  return new Promise((resolve) => child.on("exit", resolve));
}

const watch = () => {
  globalThis.tasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.tasks.push(Math.round(duration));
  }).observe({ entryTypes: ["longtask"] });
};

// 10,000 events a second for 15 s on a screen: the longest task, how long a click takes, and what
// the page says that it left out.
async function flood() {
  for (const path of ["/events", "/logs", "/"]) {
    const { page, context, client } = await open("owner");
    await page.addInitScript(watch);
    await page.goto(path);
    await settled(page);
    await page.waitForTimeout(2000);
    await client.send("Performance.enable");
    const over = publish(10_000, 15);
    await page.waitForTimeout(5000);
    const clicks = [];
    for (let i = 0; i < 10; ++i) {
      const began = Date.now();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      clicks.push(Date.now() - began);
      await page.waitForTimeout(300);
    }
    const said = await page.locator(".left-out").allTextContents();
    if (settings.shots) {
      await page.screenshot({ path: join(settings.shots, `flood${path.replace("/", "_")}.png`) });
    }
    await over;
    const tasks = await page.evaluate(() => globalThis.tasks);
    console.log(
      `  10,000 events a second on ${path}: longest task ${Math.max(0, ...tasks)} ms, ` +
        `${tasks.length} over 50 ms; a frame within ${Math.max(...clicks)} ms; ` +
        `says: ${said[0] ?? "nothing"}`,
    );
    await context.close();
  }
}

async function heap(client) {
  await client.send("HeapProfiler.collectGarbage");
  const { metrics } = await client.send("Performance.getMetrics");
  const of = (name) => metrics.find((one) => one.name === name).value;
  return `${(of("JSHeapUsedSize") / 1e6).toFixed(1)} MB, ${of("Nodes")} nodes`;
}

// The live tail, for as many events as an hour brings at 50 a second.
async function tail() {
  const { seconds, rate } = settings.tail;
  const opened = [];
  for (const path of ["/events", "/logs"]) {
    const one = await open("owner");
    await one.page.goto(path);
    await settled(one.page);
    await one.client.send("Performance.enable");
    opened.push({ path, ...one });
  }
  const report = async (at) => {
    for (const { path, client } of opened) {
      console.log(`  live tail at ${rate}/s, ${path}, after ${at} s: ${await heap(client)}`);
    }
  };
  await report(0);
  const over = publish(rate, seconds);
  for (let part = 1; part <= 4; ++part) {
    await opened[0].page.waitForTimeout((seconds * 1000) / 4);
    await report(Math.round((seconds * part) / 4));
  }
  await over;
  for (const { context } of opened) await context.close();
}

for (const part of settings.parts.split(" ")) {
  console.log(`${part}:`);
  await { view, screens, pages, flood, tail }[part]();
}
await browser.close();
