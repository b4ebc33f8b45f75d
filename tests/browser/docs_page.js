// Asks the page /docs/ what a reader would notice, and reports each answer as "what|words".
const report = (...words) => fetch(`/browser/report?${words.map(encodeURIComponent).join("|")}`);
const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
const article = (id) => document.getElementById(id).querySelector(".need").textContent;

// axe takes its time for each element. The whole page is read at full size; else so many articles
// of each section, which look as the others do.
async function rules() {
  const kept = Number(new URLSearchParams(location.search).get("articles") ?? Infinity);
  if (kept < Infinity) {
    for (const one of document.querySelectorAll(`article:nth-of-type(n + ${kept + 1})`)) one.remove();
  }
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  for (const { id, nodes } of violations) {
    await report("axe", id, nodes.length, nodes[0].target.join(" "), nodes[0].failureSummary ?? "");
  }
  await report("axe-done", violations.length, matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light", innerWidth);
}

async function search() {
  const box = document.getElementById("search");
  const links = () => shown("#index a").length;
  await report("all", links(), shown("article").length);
  box.value = "webhook";
  box.dispatchEvent(new Event("input"));
  await report("webhook", links(), shown("article").length);
  await report("others", shown("#index a, main a.anchor").filter((link) => !link.textContent.includes("webhook")).length);
  box.value = "";
  box.dispatchEvent(new Event("input"));
  await report("again", links(), shown("article").length);
}

async function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const chosen = () => all.filter((tab) => tab.getAttribute("aria-selected") === "true" && tab.tabIndex === 0).map((tab) => tab.textContent).join();
  all[0].focus();
  const seen = [chosen()];
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowLeft", "Home", "End"]) {
    press(key);
    seen.push(chosen());
  }
  await report("tabs", ...seen);
}

async function needs() {
  const asked = ["post_messages_send", "get_auth_sessions", "get_workspace_users", "get_admin_accounts", "post_sms_send", "get_pricing", "get_carrier__carrier__mo"];
  for (const id of asked) await report("needs", id, article(id));
  await report("no-key", shown(".need").filter((need) => need.textContent.startsWith("No key.")).length);
}

async function shape() {
  await report("wide", document.documentElement.scrollWidth - innerWidth);
  const types = shown("dd.type").map((type) => type.getBoundingClientRect().width);
  await report("narrowest-type", Math.round(Math.min(...types)));
}

while (document.body.dataset.ready !== "true") await new Promise((go) => setTimeout(go, 50));
for (const ask of [search, tabs, needs, shape, rules]) {
  await ask().catch((error) => report("broken", ask.name, error.message));
}
await report("done");
