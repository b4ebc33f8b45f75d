// What people come to the portal for, from the first click to what they wanted. Names are those of
// portal_test.cpp.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { axe } from "./portal_screens.mjs";

const unique = () => Date.now().toString(36).slice(-6);
// Kenyan mobile numbers, each another one, whose last digits mean nothing to the loopback carrier
// (its magic numbers end in 00 and two more).
const FIRST = 100_100 + (Date.now() % 80_000);
let made = 0;
function number(size) {
  const tail = String(FIRST + made++ * 11);
  return /00\d\d$/.test(tail) ? number(size) : `+2547${size === 390 ? 1 : 2}2${tail}`;
}

async function wrongThenRight({ open, settings }, size) {
  const { page } = await open(null, { size });
  await page.goto("/campaigns");
  await page.getByLabel("E-mail").fill(settings.owner);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("alert")
    .filter({ hasText: /password/i })
    .waitFor();
  await page.getByLabel("Password").fill(settings.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Where they wanted to go, and no further sign of having been asked.
  await page.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/campaigns");
}

async function sessionEnds({ open, settings }, size) {
  const { page, context } = await open("owner", { size });
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).fill(number(size));
  await page.getByLabel("Text", { exact: true }).fill("Typed before the session ended");
  await page.getByRole("button", { name: /Send for/ }).waitFor();
  const csrf = (await (await context.request.get("/api/auth/me")).json()).csrf_token;
  const out = await context.request.post("/api/auth/logout", {
    headers: { "X-CSRF-Token": csrf, Origin: settings.base, "Content-Type": "application/json" },
  });
  assert.equal(out.status(), 200);
  // Something in the background may meet it first: then the click waits for the dialog to end.
  const clicked = page.getByRole("button", { name: /Send for/ }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password").fill(settings.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await clicked;
  await page.locator(".timeline").getByText("Accepted", { exact: true }).waitFor();
  await page.locator("p.text").getByText("Typed before the session ended").waitFor();
}

async function firstMessage({ as }, size) {
  const { page } = await as("owner", { size });
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).fill(number(size));
  await page.getByText("Kenya").first().waitFor();
  await page.getByLabel("Text", { exact: true }).fill("Don’t be late: the bus leaves at six.");
  await page.getByText("UCS2").waitFor();
  assert.equal(
    await page
      .locator(".marked mark")
      .allTextContents()
      .then((all) => all.join()),
    "’",
  );
  await page.getByLabel("Text", { exact: true }).fill("Don’t be late. ".repeat(8));
  await page.getByRole("button", { name: /Use plain characters/ }).click();
  await page.getByText("GSM7").waitFor();
  assert.ok(!(await page.getByLabel("Text", { exact: true }).inputValue()).includes("’"));
  await page.getByRole("button", { name: /Send for KES/ }).click();
  // Live, without a click: accepted, submitted, delivered.
  await page.locator(".timeline").getByText("Delivered").waitFor();
  await page.locator(".lead").getByText("Delivered").waitFor();
}

async function findMessage({ as, settings, api }, size) {
  const to = number(size);
  const text = `Find me ${unique()}`;
  const sent = await api("/api/messages/send", {
    method: "POST",
    body: JSON.stringify({ to, text }),
    headers: { "X-API-Key": settings.key, "Content-Type": "application/json" },
  });
  assert.equal(sent.status, 200, sent.body);
  const { page } = await as("owner", { size });
  await page.goto("/");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.keyboard.press("/");
  await page.getByRole("searchbox").fill(to.replace(/(\d{3})(?=\d)/g, "$1 "));
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: to }).click();
  const drawer = page.getByRole("complementary", { name: "Details" });
  await drawer.getByText(text).waitFor();
  assert.ok(new URL(page.url()).pathname.includes(JSON.parse(sent.body).id));
  assert.equal(new URL(page.url()).searchParams.get("to"), to);
  await drawer.getByText("Why this way and this price").click();
  await drawer.getByText("ESMS_KE").first().waitFor();
  await page.reload();
  await drawer.getByText(text).waitFor();
  await drawer.getByRole("link", { name: "Close" }).click();
  await page.getByRole("link", { name: to }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/logs");
}

async function campaign({ as }, size) {
  const { page } = await as("owner", { size });
  const name = `Trip ${unique()}`;
  const rows = [
    "phone,name,town",
    `${number(size)},Ann,Mombasa`,
    `${number(size)},Ben,`,
    "12,Nobody,Nowhere",
  ];
  await page.goto("/campaigns/new");
  await page.getByRole("button", { name: "Upload a file" }).click();
  const dialog = page.getByRole("dialog", { name: "Upload a file" });
  await dialog.getByLabel("File").setInputFiles({
    name: "trip.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(rows.join("\n")),
  });
  await dialog.getByLabel("Name of the list").fill(name);
  await dialog.getByRole("button", { name: "Upload" }).click();
  await dialog.getByText("2 contacts came in").waitFor();
  await dialog.getByText("Lines that were left out").click();
  await dialog.getByRole("cell", { name: "4", exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Go on" }).click();
  assert.ok(await page.getByRole("checkbox", { name: new RegExp(name) }).isChecked());
  await page.getByLabel("Text", { exact: true }).fill("Hello {{name}}, your bus to ");
  await page.getByRole("button", { name: "{{town}}" }).click();
  await page.getByText("Hello Ann, your bus to Mombasa").waitFor();
  await page.getByLabel("Name of the campaign").fill(name);
  await page.getByRole("button", { name: "Work out the price" }).click();
  const quote = page.getByRole("region", { name: "The price" });
  await quote.getByText("1 contact lacks this").waitFor();
  // Mended: with a word for those who lack it.
  await page
    .getByLabel("Text", { exact: true })
    .fill("Hello {{name}}, your bus to {{town|the coast}}");
  await page.getByRole("button", { name: "Work out the price" }).click();
  await quote.getByRole("button", { name: /Send to 2 people for KES/ }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByText("2 of 2").waitFor();
  await page.locator(".lead").getByText("Completed").waitFor();
  await page.locator(".counts").getByText("Delivered").waitFor();
}

// Numbers that end in 0001 are never reached: they are sent to again with a click.
async function sentAgain({ as }) {
  const { page } = await as("owner", {});
  const to = "+254712340001";
  await page.goto("/campaigns/new");
  await page.getByLabel("Pasted numbers").fill(`${to}, ${number(1280)}`);
  await page.getByLabel("Text", { exact: true }).fill("Hello {{name|you}}");
  await page.getByRole("button", { name: "Work out the price" }).click();
  await page.getByRole("button", { name: /Send to 2 people for KES/ }).click();
  await page.getByRole("link", { name: "Send again to 1 that failed" }).click();
  await page.getByRole("heading", { level: 1, name: "New campaign" }).waitFor();
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll("textarea")].some(({ value }) => value === wanted),
    to,
  );
  await page.getByRole("button", { name: "Work out the price" }).click();
  await page.getByRole("button", { name: /Send to 1 person for KES/ }).click();
  await page.getByRole("link", { name: to }).waitFor();
  await page.getByRole("cell", { name: "Hello you" }).waitFor();
}

async function key({ as, api }, size) {
  const { page } = await as("owner", { size });
  const name = `Till ${unique()}`;
  await page.goto("/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make the key" }).click();
  const secret = await page.locator(".secret .code").textContent();
  const ask = () => api("/api/balance", { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await ask()).status, 200);
  await page.getByRole("button", { name: "I have copied it" }).click();
  assert.ok(!(await page.content()).includes(secret));
  await page
    .getByRole("row")
    .filter({ hasText: name })
    .getByRole("button", { name: "Revoke" })
    .click();
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("row").filter({ hasText: name }).getByText("Revoked").waitFor();
  assert.equal((await ask()).status, 401);
}

// A customer's server: it fails until it is told not to, with an answer that is no friend.
async function customer(work) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(server.good ? 200 : 500, { "Content-Type": "text/html" });
      response.end(server.good ? "thanks" : "<script>alert('answer')</script>");
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(server, `http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function webhook({ as, alone }, size) {
  const { page } = await as("owner", { size });
  await alone("webhook", () =>
    customer(async (server, url) => {
      await page.goto("/webhooks");
      await page.getByLabel("Address for what becomes of messages").fill(url);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("button", { name: "Call the first with an example" }).click();
      const failed = page.getByRole("row").filter({ hasText: "500" }).first();
      await again(page, failed);
      await failed.getByRole("link").click();
      const drawer = page.getByRole("complementary", { name: "Details" });
      await drawer.getByText("<script>alert('answer')</script>").waitFor();
      await drawer.locator("pre").filter({ hasText: "message_id" }).waitFor();
      server.good = true;
      await drawer.getByRole("button", { name: "Call again" }).click();
      await again(drawer, drawer.locator(".lead").getByText("Delivered"));
      await drawer.getByText("thanks").waitFor();
    }),
  );
}

// Calls are made in the background: a person looks again until it is there.
async function again(where, locator) {
  for (let tries = 0; tries < 40; ++tries) {
    if (await locator.isVisible()) return;
    await where.getByRole("button", { name: "Look again" }).last().click();
    await locator.waitFor({ timeout: 500 }).catch(() => null);
  }
  await locator.waitFor();
}

async function senderName({ as }, size) {
  const admin = (await as("admin", { size })).page;
  await admin.goto("/platform/senders");
  await admin.locator("summary").filter({ hasText: "What names cost" }).click();
  await admin.getByLabel("Country").fill("ke");
  await admin.getByLabel("US dollars").fill("100");
  await admin.getByLabel("Note").fill("<i>Safaricom first</i>");
  await admin.getByRole("button", { name: "Set it" }).click();
  const fees = admin.getByRole("table", { name: "What names cost" });
  await fees.getByText("USD 100.00 once").waitFor();
  const owner = (await as("owner", { size })).page;
  const name = `K${unique()}`;
  await owner.waitForTimeout(2500); // what fees were, is kept for 2 seconds
  await owner.goto("/sender-ids");
  await owner.locator("summary").filter({ hasText: "Ask for a sender name" }).click();
  await owner.getByLabel("Name", { exact: true }).fill(name);
  await owner.getByLabel("Countries").selectOption(["KE"]);
  const cost = owner.getByRole("region", { name: "What it costs" });
  await cost.getByText("USD 100.00 once").waitFor();
  await cost.getByText("<i>Safaricom first</i>").waitFor();
  await owner.getByLabel("What for").fill("<b>Tickets</b>");
  await owner.getByRole("button", { name: "Ask for it" }).click();
  const mine = owner.getByRole("row").filter({ hasText: name });
  await mine.getByText("Waiting").waitFor();
  await admin.goto("/platform/senders");
  const asked = admin.getByRole("row").filter({ hasText: name });
  await asked.getByText("<b>Tickets</b>").waitFor();
  await asked.getByRole("button", { name: "Approve" }).click();
  await asked.waitFor({ state: "detached" });
  // The owner has done nothing meanwhile.
  await mine.getByText("Approved").waitFor();
}

// An operator takes a carrier in by hand: a secret, a description with faults, limits, an account's
// own choice.
async function carrier({ as, api, settings: config }, size) {
  const { page } = await as("admin", { size });
  const name = `c${unique()}`;
  await page.goto("/platform/carriers");
  await page.locator("summary").filter({ hasText: "New carrier" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Make it" }).click();
  const dialog = page.getByRole("dialog", { name: "This secret is shown only now" });
  const secret = await dialog.locator(".secret").innerText();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  const calls = (headers) => api(`/carrier/${name}/dlr?id=1&status=1`, { headers });
  assert.equal((await calls({ Authorization: "Bearer no" })).status, 401);
  assert.notEqual((await calls({ Authorization: `Bearer ${secret.trim()}` })).status, 401);

  const details = page.getByRole("complementary", { name: "Details" });
  const description = details.getByLabel("Description (JSON)");
  const check = details.getByRole("button", { name: "Check it" });
  await description.fill('{"url": ');
  await check.click();
  await details.getByText("This is not valid.").waitFor();
  await description.fill('{"url": 7}');
  await details.getByText("This is not valid.").waitFor({ state: "detached" });
  const settings = {
    url: "https://carrier.example/send",
    json: { to: "{{to}}", text: "{{text}}" },
    answer: { rules: [{ http: 200, means: "accepted" }] },
  };
  await description.fill(JSON.stringify(settings, null, 2));
  await check.click();
  await details.getByText(`file of secrets is not there: ${config.carriers}/${name}`).waitFor();
  await writeFile(`${config.carriers}/${name}`, "password=none\n");
  await check.click();
  await details.getByText("POST https://carrier.example/send").waitFor();
  await description.fill('{"url": "https://carrier.example/send", "answer": {"rules": []}}');
  await check.click();
  await details.getByRole("alert").first().waitFor();
  await description.fill(JSON.stringify(settings, null, 2));
  await details.getByRole("button", { name: "Save the description" }).click();
  await details.getByRole("heading", { name: "Try it" }).waitFor();
  await customer(async (server, url) => {
    server.good = true;
    Object.assign(settings, { url, private_addresses: true });
    await description.fill(JSON.stringify(settings));
    const saved = page.waitForResponse((answer) => answer.url().endsWith("/settings"));
    await details.getByRole("button", { name: "Save the description" }).click();
    assert.equal((await saved).status(), 200);
    await details.getByLabel("To", { exact: true }).fill(number(size));
    await details.getByLabel("Sender", { exact: true }).fill("Kijani");
    await details.getByRole("button", { name: "Send one message" }).click();
    await details.getByRole("strong").filter({ hasText: "accepted" }).waitFor();
    await details.locator("pre").filter({ hasText: `"body": "thanks"` }).waitFor();
  });

  await details.getByLabel("Segments a second", { exact: true }).fill("40");
  await details.getByLabel("It calls from").fill("192.0.2.300");
  await details.getByRole("button", { name: "Save the limits" }).click();
  await details.getByRole("alert").first().waitFor();
  assert.equal(await details.getByLabel("Segments a second", { exact: true }).inputValue(), "40");
  await details.getByLabel("It calls from").fill("192.0.2.0/24\n198.51.100.7");
  await details.getByRole("button", { name: "Save the limits" }).click();
  await details.getByRole("alert").waitFor({ state: "detached" });
  await page.goto(`/platform/carriers/${name}`);
  assert.equal(
    await details.getByLabel("It calls from").inputValue(),
    "192.0.2.0/24\n198.51.100.7",
  );
  assert.deepEqual(JSON.parse(await description.inputValue()), settings);

  await page.goto("/platform");
  await page.locator("td a[href^='/platform/accounts/']").first().click();
  await page.getByRole("navigation", { name: "Parts of the account" }).getByText("Carriers").click();
  await page.locator("summary").filter({ hasText: "Choose a carrier for it" }).click();
  const form = page.getByRole("form", { name: "Choose a carrier for it" });
  await form.getByLabel("Carrier").selectOption(name);
  await form.getByLabel("Choice").selectOption("excluded");
  await form.getByLabel("Country").fill("zz");
  await form.getByRole("button", { name: "Choose it" }).click();
  await form.getByRole("alert").first().waitFor();
  await form.getByLabel("Country").fill("ke");
  await form.getByRole("button", { name: "Choose it" }).click();
  const chosen = page.getByRole("row").filter({ hasText: name });
  await chosen.getByText("Never this one").waitFor();
  await chosen.getByText("Kenya").waitFor();
  await chosen.getByRole("button", { name: "End it" }).click();
  await chosen.waitFor({ state: "detached" });
}

// To RingCentral's page and back, in a window beside the portal's, without a mouse.
async function throughRingCentral(page, answer, title) {
  const dialog = page.getByRole("dialog", { name: "Sign in at RingCentral" });
  const opens = page.context().waitForEvent("page");
  await dialog.getByRole("link", { name: "Go on to RingCentral" }).press("Enter");
  const there = await opens;
  await there.getByRole("button", { name: "Connect RingCentral" }).click();
  await there.getByRole("link", { name: answer }).click();
  await there.getByRole("heading", { name: title }).waitFor();
  await there.close();
  return dialog;
}

// Own numbers at RingCentral: by its sign-in, refused and then agreed to; by a JWT; and no more.
async function ringcentral({ as, root, alone }, size) {
  await alone("ringcentral", async () => {
    const { page } = await as("owner", { size });
    const clean = async () => assert.deepEqual(await axe(page, { root }), []);
    await page.goto("/balance");
    await page.getByRole("link", { name: "RingCentral", exact: true }).click();
    await page.getByText("No number of RingCentral is connected yet.").waitFor();
    const begin = page.getByRole("button", { name: "Connect RingCentral" });
    await begin.press("Enter");
    const refused = await throughRingCentral(page, "Cancel", "RingCentral is not connected");
    await refused.getByText("Waiting for RingCentral…").waitFor();
    await refused.locator("summary").filter({ hasText: "Somebody else" }).click();
    await refused.getByRole("button", { name: "Make a link for them" }).click();
    const link = await refused.locator(".secret .code").textContent();
    assert.match(link, /^http:.*\/v1\/rc\/connect\?token=[0-9a-f]{64}$/);
    await clean();
    await page.keyboard.press("Escape");
    await begin.press("Enter");
    await (await throughRingCentral(page, "Authorize", "RingCentral is connected")).waitFor({
      state: "detached",
    });
    const first = page.getByRole("row").filter({ hasText: "+254700000071" });
    await first.locator(".badge").filter({ hasText: "Connected" }).waitFor();

    await page.getByRole("button", { name: "Connect by a JWT" }).click();
    const dialog = page.getByRole("dialog", { name: "Connect by a JWT" });
    const submit = dialog.getByRole("button", { name: "Connect", exact: true });
    await submit.click();
    await dialog.getByText("This is missing.").waitFor();
    await dialog.getByLabel("JWT").fill("not-a-jwt");
    await submit.click();
    await dialog.locator(".wrong").getByText("RingCentral refused the jwt").waitFor();
    assert.equal(await dialog.getByLabel("JWT").inputValue(), "not-a-jwt");
    await dialog.getByLabel("JWT").fill("jwt-of-the-portal");
    await submit.click();
    const second = page.getByRole("row").filter({ hasText: "+254700000072" });
    await second.getByRole("cell", { name: "JWT" }).waitFor();
    await clean();

    await page.getByRole("button", { name: "Disconnect RingCentral" }).click();
    const sure = page.getByRole("dialog", { name: "Disconnect RingCentral?" });
    await sure.getByText("+254700000071, +254700000072").waitFor();
    await sure.getByRole("button", { name: "Disconnect RingCentral" }).click();
    await page.getByText("No number of RingCentral is connected yet.").waitFor();
  });
  // Where RingCentral has ended one, and waits with another.
  const { page } = await as("admin", { size });
  await page.goto("/ringcentral");
  await page.getByText("RingCentral has ended a connection").waitFor();
  const row = (text) => page.getByRole("row").filter({ hasText: text });
  await row("+254700000074").getByText("Ended").waitFor();
  await row("629893003").getByText("Held by RingCentral until").waitFor();
  await row("629893003").getByText("No number of this user may send.").waitFor();
  await page.getByRole("button", { name: "Connect again" }).waitFor();
  assert.deepEqual(await axe(page, { root }), []);
}

async function textIn({ as, settings, api }, size) {
  const { page } = await as("owner", { size });
  const from = number(size);
  const text = async (words) => {
    const answer = await api("/carrier/loopback/mo", {
      method: "POST",
      headers: {
        Authorization: `Bearer ${settings.secret}`,
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ from, to: settings.number, text: words }),
    });
    assert.equal(answer.status, 200, answer.body);
  };
  await page.goto("/inbox");
  await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  await text("Is the bus <img src=x onerror=alert(1)> late?");
  await page.getByRole("link", { name: from }).click();
  await page.locator(".talk").getByText("Is the bus <img src=x onerror=alert(1)> late?").waitFor();
  await page.getByLabel("Reply", { exact: true }).last().fill("No, at six.");
  await page.getByRole("button", { name: "Send the reply" }).click();
  await page.locator(".talk .ours").getByText("No, at six.").waitFor();
  await text("STOP");
  await page.locator(".talk").getByText("Opted out").waitFor();
  await page.goto("/opt-outs");
  await page.getByRole("row").filter({ hasText: from }).waitFor();
}

async function shortcuts({ as }) {
  const { page } = await as("owner", {});
  await page.goto("/");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === "H1");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys of the keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByLabel("Number").fill("?g/");
  assert.equal(await page.getByRole("dialog").count(), 0);
}

// A script in whatever a stranger can fill is text wherever it is shown. Webhooks' answers, texts that
// come in and what a name is for are in the journeys above; a dialog that opens fails any of them.
async function strangers({ as, settings, api }) {
  const script = "<img src=x onerror=alert('stranger')>";
  const to = number(1280);
  const sent = await api("/api/messages/send", {
    method: "POST",
    body: JSON.stringify({ to, text: script }),
    headers: { "X-API-Key": settings.key, "Content-Type": "application/json" },
  });
  const { page } = await as("owner", {});
  await page.goto(`/logs/${JSON.parse(sent.body).id}`);
  await page.locator(".drawer").getByText(script).first().waitFor();
  await page.goto("/contacts", { waitUntil: "networkidle" });
  const rows = `phone,name,${script}\n${to},${script},${script}\n${script},x,y\n`;
  if (!(await page.getByLabel("File").isVisible())) {
    await page.getByRole("button", { name: "Upload contacts" }).click();
  }
  await page
    .getByLabel("File")
    .setInputFiles({ name: `${script}.csv`, mimeType: "text/csv", buffer: Buffer.from(rows) });
  await page.getByLabel("Name of the list").fill(script);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByText("Lines that were left out").click();
  await page.getByRole("cell", { name: script }).first().waitFor();
  await page.getByRole("link", { name: script }).first().click();
  await page.getByRole("heading", { level: 1, name: script }).waitFor();
  await page.getByRole("cell", { name: script }).first().waitFor();
  await page.goto(`/campaigns/new?list=${new URL(page.url()).pathname.split("/").at(-1)}`);
  await page.getByLabel("Text", { exact: true }).fill(`{{name}} ${script}`);
  await page.locator(".samples").getByText(`${script} ${script}`).waitFor();
  await page.goto(`/logs?to=${encodeURIComponent(script)}`);
  await page.getByRole("alert").waitFor();
  await page.goto(`/inbox/${encodeURIComponent(script)}`);
  await page.locator(".drawer").getByText(script).first().waitFor();
  const admin = (await as("admin", {})).page;
  await admin.goto("/platform/carriers");
  await admin.getByRole("row").filter({ hasText: "loopback" }).first().waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll("img").length), 0);
}

// Without a network the page says so, and goes on by itself.
async function offline({ as }) {
  const { page, context } = await as("owner", {});
  await page.goto("/logs");
  await page.getByText("Live", { exact: true }).waitFor();
  await context.setOffline(true);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByText(/There was no answer|could not be loaded/).waitFor();
  await context.setOffline(false);
}

// The page's own code does not come, a language's words do not, and nobody can say who is there: the
// page says so each time, asks nobody for a password, and goes on by itself where it can.
async function unanswered({ as }) {
  const { page, context } = await as("owner", {});
  const main = /assets\/main-/;
  await page.route(main, (route) => route.abort());
  await page.goto("/");
  const late = page.getByText("If it does not come, load it again.");
  await late.waitFor({ state: "attached" });
  assert.equal(await late.isVisible(), false);
  await page.evaluate(() => document.getAnimations().forEach((one) => one.finish()));
  assert.equal(await late.isVisible(), true);
  await page.getByText("Si elle ne vient pas, rechargez-la.").waitFor();
  await page.unroute(main);

  let asked = 0;
  await page.route("**/api/auth/me", (route) => {
    if (asked++ > 0) return route.continue();
    const error = { code: "service_unavailable", message: "said by the test" };
    return route.fulfill({ status: 503, json: { detail: error, error } });
  });
  await page.goto("/logs");
  await page.getByRole("alert").filter({ hasText: "said by the test" }).waitFor();
  assert.equal(await page.getByLabel("Password").count(), 0);
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  assert.equal(await late.count(), 0);

  const french = await context.newPage();
  await french.addInitScript(() => localStorage.setItem("dundun.language", "fr"));
  await french.route(/assets\/fr-/, (route) => route.abort());
  await french.goto("/");
  await french.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

// The connection is cut after an event: the page says so, comes back to where it was, and shows what
// happened meanwhile and afterwards.
async function resumes({ as, api, settings }) {
  const { page } = await as("owner", {});
  const sockets = [];
  await page.routeWebSocket(/\/ws/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  const send = async (text) => {
    const headers = { "X-API-Key": settings.key, "Content-Type": "application/json" };
    const body = JSON.stringify({ to: "+254712345678", text });
    const { status } = await api("/api/messages/send", { method: "POST", headers, body });
    assert.equal(status, 200);
  };
  const live = page.getByText("Live", { exact: true });
  await page.goto("/logs");
  await live.waitFor();
  await send("Before the connection is cut");
  await page.getByText("Before the connection is cut").first().waitFor();
  await sockets[0].close();
  await live.waitFor({ state: "detached" });
  await send("While it is cut");
  await live.waitFor();
  assert.match(sockets.at(-1).url(), /events=.*resume_from=evt_/);
  await page.getByText("While it is cut").first().waitFor();
  await send("After it came back");
  await page.getByText("After it came back").first().waitFor();
}

// What happens while a page asks, or before it listens, is on it all the same.
async function meanwhile({ as, api, settings }) {
  const headers = { "X-API-Key": settings.key, "Content-Type": "application/json" };
  const post = async (path, body) => {
    const { status, body: text } = await api(path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    assert.equal(status, 200, text);
    return JSON.parse(text);
  };
  const { page } = await as("owner", {});
  // The first answer is of before the delivery, and comes after the delivery was told.
  let told;
  const delivered = new Promise((resolve) => (told = resolve));
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => /"status":"delivered"/.test(payload) && told()),
  );
  let late = 0;
  await page.route(/\/messages\/msg-[^/]+$/, async (route) => {
    const answer = await route.fetch();
    if (late++ === 0) await delivered;
    await route.fulfill({ response: answer });
  });
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).fill(number(1280));
  await page.getByLabel("Text", { exact: true }).fill("Delivered while the page asks");
  await page.getByRole("button", { name: /Send for KES/ }).click();
  await page.locator(".timeline").getByText("Delivered").waitFor();
  await page.close();

  // The page asks, the message is cancelled, and only then its socket is let in.
  const at = new Date(Date.now() + 86_400_000).toISOString();
  const sent = await post("/api/messages/send", {
    to: number(1280),
    text: "Cancelled before the page listens",
    schedule_mode: "scheduled",
    scheduled_at: at,
  });
  const { page: other } = await as("owner", {});
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  await other.routeWebSocket(/\/ws/, async (socket) => {
    await gate;
    socket.connectToServer();
  });
  await other.goto(`/logs/${sent.message_id ?? sent.id}`);
  await other.locator("p.text").getByText("Cancelled before the page listens").waitFor();
  await post(`/api/messages/${sent.message_id ?? sent.id}/cancel`, {});
  open();
  await other.locator(".lead").getByText("Cancelled").waitFor();
}

// The code of an authenticator's app (RFC 6238: SHA-1, six digits, 30 s), `steps` from now.
function codeOf(secret, steps = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const clean = async (page) => assert.deepEqual(await axe(page, { root }), []);

// A code opens once: the next one is another.
async function nextCode(page, secret, used) {
  while (codeOf(secret) === used) await page.waitForTimeout(500);
  return codeOf(secret);
}

async function password(page, settings, email) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(settings.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

// Somebody of their own, because whoever has a second factor signs in otherwise: an owner whom the
// owner invited, by the link that is shown where no mail server is set.
async function invited(world, size, role) {
  const owner = (await world.as("owner", { size })).page;
  return accepted(world, size, await inviteBy(owner, size, role));
}

async function inviteBy(owner, size, role) {
  const email = `${role}-${size}-${unique()}@example.com`;
  await owner.goto("/team");
  await owner.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = owner.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: "Invite them" }).click();
  const shown = owner.getByRole("dialog", { name: "Invited" });
  const link = await shown.locator(".secret .code").textContent();
  await shown.getByRole("button", { name: "I have copied it" }).click();
  await owner.getByRole("row").filter({ hasText: email }).getByText("Invited").waitFor();
  return { email, link };
}

async function accepted({ open, settings }, size, { email, link }) {
  const { page } = await open(null, { size });
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: "Welcome" }).waitFor();
  await clean(page);
  await page.getByLabel("New password").fill(settings.password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("status").filter({ hasText: "Your password is set" }).waitFor();
  return { page, email, link };
}

async function invitation(world, size) {
  const { open, settings } = world;
  const { page, email, link } = await invited(world, size, "viewer");
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
  await page.goto("/send");
  await page.getByText("Your role does not allow this").waitFor();
  const csrf = (await (await page.request.get("/api/auth/me")).json()).csrf_token;
  const sent = await page.request.post("/api/messages/send", {
    headers: { "X-CSRF-Token": csrf, Origin: settings.base },
    data: { to: number(size), text: "A viewer sends nothing" },
  });
  assert.equal(sent.status(), 403);
  // The link opens once.
  const late = (await open(null, { size })).page;
  await late.goto(link);
  await late.getByLabel("New password").fill("Another long password 7");
  await late.getByRole("button", { name: "Set the password" }).click();
  await late.getByRole("alert").filter({ hasText: "This link was used" }).waitFor();
  assert.equal(await late.getByLabel("New password").inputValue(), "Another long password 7");
}

async function takeFactor(page, settings) {
  await page.goto("/profile");
  await page.getByRole("button", { name: "Take a second factor" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a second factor" });
  await dialog.getByLabel("Present password").fill(settings.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByRole("img", { name: "QR code" }).waitFor();
  const secret = (await dialog.locator(".copy .code").textContent()).replace(/ /g, "");
  const uri = await dialog.getByRole("link", { name: /Open it in an app/ }).getAttribute("href");
  assert.ok(uri.startsWith("otpauth://totp/") && uri.includes(secret), uri);
  await clean(page);
  await dialog.getByLabel("Code", { exact: true }).fill("12");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.getByRole("alert").filter({ hasText: "Wrong code" }).waitFor();
  const code = codeOf(secret);
  await dialog.getByLabel("Code", { exact: true }).fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  const codes = await listed(dialog);
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("Recovery codes left").waitFor();
  return { secret, code, codes };
}

async function listed(dialog) {
  await dialog.getByText("They are shown only now").waitFor();
  const codes = await dialog.locator(".recovery li").allTextContents();
  assert.equal(codes.length, 10);
  return codes;
}

async function signOut(page) {
  await page.locator("details.who summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Password", { exact: true }).waitFor();
}

async function secondFactor(world, size) {
  const { settings } = world;
  const { page, email } = await invited(world, size, "owner");
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
  const { secret, code, codes } = await takeFactor(page, settings);
  await signOut(page);
  await password(page, settings, email);
  await page.getByRole("heading", { name: "Second step" }).waitFor();
  await clean(page);
  const field = page.getByLabel("Code", { exact: true });
  assert.equal(await field.getAttribute("autocomplete"), "one-time-code");
  // The code that put it into force opens nothing more, and stays where it was typed.
  await field.fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: "Wrong code" }).waitFor();
  assert.equal(await field.inputValue(), code);
  await field.fill(await nextCode(page, secret, code));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".shell").waitFor();
  await signOut(page);
  await password(page, settings, email);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0].toUpperCase());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".shell").waitFor();
  await page.goto("/profile");
  await page.locator(".facts").getByText("9", { exact: true }).waitFor();
}

// The time between password and code is over, and a factor was shown too long ago: as the API says
// it, which a test cannot wait for.
async function factorAgain(world, size) {
  const { settings } = world;
  const { page, email } = await invited(world, size, "owner");
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
  const { codes } = await takeFactor(page, settings);
  await refuseOnce(page, "**/api/api-keys", 403, "second_factor_stale");
  await page.goto("/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill(`Again ${email}`);
  await page.getByRole("button", { name: "Make the key" }).click();
  const dialog = page.getByRole("dialog", { name: "Show your second factor again" });
  await clean(page);
  await dialog.getByRole("button", { name: "Use a recovery code" }).click();
  await dialog.getByLabel("Recovery code").fill(codes[1]);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await page.locator(".secret .code").waitFor();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await signOut(page);
  await refuseOnce(page, "**/api/auth/login/second-factor", 401, "expired_token");
  await password(page, settings, email);
  await page.getByLabel("Code", { exact: true }).fill("123456");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: "took too long" }).waitFor();
  assert.equal(await page.getByLabel("E-mail").inputValue(), email);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[2]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".shell").waitFor();
}

// An account of its own, because the rule holds for everybody of it.
async function strictOwner({ as, open, settings }, size) {
  const { request } = (await as("admin", { size })).page;
  const csrf = (await (await request.get("/api/auth/me")).json()).csrf_token;
  const post = async (path, data) => {
    const headers = { "X-CSRF-Token": csrf, Origin: settings.base };
    const answer = await request.post(`/api/admin/accounts${path}`, { headers, data });
    assert.ok(answer.ok(), await answer.text());
    return answer.json();
  };
  const { id } = await post("", { name: `Strict ${size}`, currency: "KES" });
  const email = `strict-${size}-${unique()}@example.com`;
  await post(`/${id}/users`, { email, password: settings.password, role: "owner" });
  const { page } = await open(null, { size });
  await page.goto("/");
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
  return page;
}

// Where everybody needs a second factor, somebody who has none takes it while they sign in.
async function factorRule(world, size) {
  const { settings } = world;
  const owner = await strictOwner(world, size);
  await takeFactor(owner, settings);
  await owner.goto("/workspace");
  await owner.getByRole("button", { name: "Ask it of everybody" }).click();
  const asked = owner.getByRole("dialog", { name: "Ask it of everybody?" });
  await asked.getByRole("button", { name: "Ask it of everybody" }).click();
  await owner.getByText("Everybody of this account needs a second factor").waitFor();
  const { page, email } = await accepted(world, size, await inviteBy(owner, size, "viewer"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.getByRole("img", { name: "QR code" }).waitFor();
  await clean(page);
  const secret = (await page.locator(".copy .code").textContent()).replace(/ /g, "");
  await page.getByLabel("Code", { exact: true }).fill(codeOf(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  await listed(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), "dundun-recovery-codes.txt");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.locator(".shell").waitFor();
}

// A device of Chromium's own, which knows its owner. Gone with its page.
async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const verified = (isUserVerified) =>
    cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const keys = async () =>
    (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  return { verified, keys };
}

async function makePasskey(page, settings, name) {
  await page.goto("/profile");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Make a passkey" });
  assert.match(await dialog.getByLabel("Name").inputValue(), /Chrome \d+, Linux/);
  await dialog.getByLabel("Name").fill(name);
  await clean(page);
  await dialog.getByLabel("Present password").fill("not the password");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Present password").fill(settings.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  const codes = await listed(dialog);
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("row").filter({ hasText: name }).waitFor();
  return codes;
}

async function passkey(world, size) {
  const { settings } = world;
  const { page, email } = await invited(world, size, "owner");
  const { verified, keys } = await device(page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
  await makePasskey(page, settings, "My phone");
  const [key] = await keys();
  assert.ok(key.isResidentCredential && key.rpId === "localhost", JSON.stringify(key));
  await clean(page);
  // The same device makes no second one.
  await page.getByRole("button", { name: "Make a passkey" }).click();
  const second = page.getByRole("dialog", { name: "Make a passkey" });
  await second.getByLabel("Present password").fill(settings.password);
  await second.getByRole("button", { name: "Go on" }).click();
  await second.getByRole("alert").filter({ hasText: "passkey of yours already" }).waitFor();
  await second.getByRole("button", { name: "Leave it" }).click();
  await page.getByRole("button", { name: "Rename My phone" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Old phone");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row").filter({ hasText: "Old phone" }).waitFor();
  await openByPasskey(page, settings, email, verified);
  await removePasskey(page, settings, email);
}

// Alone and by keyboard, not without knowing its owner, as the second step, and shown again.
async function openByPasskey(page, settings, email, verified) {
  await signOut(page);
  await clean(page);
  await verified(false);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: "No passkey was shown" }).waitFor();
  await verified(true);
  await page.getByRole("button", { name: "Use a passkey" }).press("Enter");
  await page.locator(".shell").waitFor();
  await signOut(page);
  await password(page, settings, email);
  await page.getByRole("heading", { name: "Second step" }).waitFor();
  await page.getByLabel("Recovery code").waitFor();
  await clean(page);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.locator(".shell").waitFor();
  await refuseOnce(page, "**/api/api-keys", 403, "second_factor_stale");
  await page.goto("/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill(`Shown by ${email}`);
  await page.getByRole("button", { name: "Make the key" }).click();
  const dialog = page.getByRole("dialog", { name: "Show your second factor again" });
  await dialog.getByRole("button", { name: "Use a passkey" }).waitFor();
  await clean(page);
  await dialog.getByRole("button", { name: "Use a passkey" }).click();
  await page.locator(".secret .code").waitFor();
  await page.getByRole("button", { name: "I have copied it" }).click();
}

async function removePasskey(page, settings, email) {
  await page.goto("/profile");
  await page.getByRole("button", { name: "Take away Old phone" }).click();
  const dialog = page.getByRole("dialog", { name: "Take the passkey away?" });
  await dialog.getByRole("button", { name: "Take away" }).click();
  await page.getByRole("row").filter({ hasText: "Old phone" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Take a second factor" }).waitFor();
  await signOut(page);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: "opens nothing here" }).waitFor();
  await password(page, settings, email);
  await page.locator(".shell").waitFor();
}

// Where everybody needs a second factor, a passkey is one, made while somebody signs in.
async function passkeyRule(world, size) {
  const { settings } = world;
  const owner = await strictOwner(world, size);
  await device(owner);
  await makePasskey(owner, settings, "My key");
  await owner.goto("/workspace");
  await owner.getByRole("button", { name: "Ask it of everybody" }).click();
  const asked = owner.getByRole("dialog", { name: "Ask it of everybody?" });
  await asked.getByRole("button", { name: "Ask it of everybody" }).click();
  await owner.getByText("Everybody of this account needs a second factor").waitFor();
  const { page, email } = await accepted(world, size, await inviteBy(owner, size, "viewer"));
  await device(page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await password(page, settings, email);
  await page.getByRole("button", { name: "Make a passkey instead" }).click();
  await listed(page);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.locator(".shell").waitFor();
  // The last one stays.
  await page.goto("/profile");
  await page.getByRole("button", { name: /^Take away .*Chrome/ }).click();
  const dialog = page.getByRole("dialog", { name: "Take the passkey away?" });
  await dialog.getByRole("button", { name: "Take away" }).click();
  await dialog.getByRole("alert").filter({ hasText: "need a second factor" }).waitFor();
}

// The next POST there is answered so.
async function refuseOnce(page, url, status, code) {
  let refused = false;
  await page.route(url, (route) => {
    if (refused || route.request().method() !== "POST") return route.continue();
    refused = true;
    const said = { code, message: "said by the test" };
    return route.fulfill({ status, json: { detail: said, error: said } });
  });
}

// There to the identity provider, who knows Ann, and back. Its answer is good once.
async function provider(world, size) {
  const { page } = await world.open(null, { size });
  await page.goto("/campaigns");
  await page.getByRole("button", { name: "Go on with OpenID" }).waitFor();
  await clean(page);
  const back = page.waitForRequest((asked) => asked.url().includes("/signed-in?"));
  await world.alone("ann", async () => {
    await page.getByRole("button", { name: "Go on with OpenID" }).click();
    await page.locator(".shell").waitFor();
  });
  const { search } = new URL((await back).url());
  assert.equal(new URL(page.url()).search, "");
  await page.goto("/profile");
  await page.locator(".facts").getByText("ann@example.com").waitFor();
  await signOut(page);
  await page.goto(`/signed-in${search}`);
  await page.getByRole("alert").filter({ hasText: "state" }).waitFor();
  await clean(page);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Password", { exact: true }).waitFor();
}

// What is said does not depend on whether somebody has the e-mail. No mail server is set here, so
// the API's own answer is 503; the page must say what a person does then.
async function forgotten({ open, settings }, size) {
  const { page } = await open(null, { size });
  await page.goto("/");
  await page.getByRole("link", { name: "Forgotten password" }).click();
  await page.getByRole("heading", { level: 1, name: "Forgotten password" }).waitFor();
  await clean(page);
  const emails = [settings.owner, `nobody-${unique()}@example.com`];
  const said = [];
  const ask = async (email, answer) => {
    await page.goto("/forgotten");
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await answer.waitFor();
    said.push(await page.locator("main").textContent());
  };
  for (const email of emails) {
    await ask(email, page.getByRole("alert").filter({ hasText: "No mail can be sent" }));
    assert.equal(await page.getByLabel("E-mail").inputValue(), email);
  }
  assert.equal(said[0], said[1]);
  await page.route("**/api/auth/password/forgot", (route) =>
    route.fulfill({ status: 202, json: { status: "accepted" } }),
  );
  for (const email of emails) await ask(email, page.getByRole("status"));
  assert.equal(said[2], said[3]);
  await page.goto("/new-password#made-up");
  await page.getByLabel("New password").fill("Another long password 7");
  await page.getByRole("button", { name: "Set the password" }).click();
  // That it was used, or that this address guessed too often: other journeys guess from it too.
  await page.getByRole("alert").first().waitFor();
  await page.goto("/invitation");
  await page.getByRole("alert").filter({ hasText: "not whole" }).waitFor();
  await clean(page);
}

// Those that are gone on a phone and at a desk.
export function journeys(size) {
  const all = {
    "sign-in": wrongThenRight,
    invitation,
    "second-factor": secondFactor,
    "factor-again": factorAgain,
    "factor-rule": factorRule,
    passkey,
    "passkey-rule": passkeyRule,
    provider,
    forgotten,
    "session-ends": sessionEnds,
    "first-message": firstMessage,
    "find-message": findMessage,
    campaign,
    key,
    webhook,
    "sender-name": senderName,
    carrier,
    ringcentral,
    "text-in": textIn,
  };
  return Object.entries(all).map(([name, journey]) => [
    `${name}-${size}`,
    (world) => journey(world, size),
  ]);
}

export function others() {
  return [
    ["sent-again", sentAgain],
    ["strangers", strangers],
    ["shortcuts", shortcuts],
    ["offline", offline],
    ["unanswered", unanswered],
    ["resumes", resumes],
    ["meanwhile", meanwhile],
  ];
}
