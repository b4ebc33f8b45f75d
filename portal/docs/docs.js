// Renders /openapi.json. No library, nothing from elsewhere.

const CLIENTS = { curl: "send.sh", Python: "send.py", Node: "send.mjs", Browser: "send.browser.mjs", PHP: "send.php" };
const METHODS = ["get", "post", "put", "patch", "delete"];

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== ""));
  return made;
};

let api;

const resolve = (value) =>
  value?.$ref ? value.$ref.slice(2).split("/").reduce((at, name) => at[name], api) : value;
const nameOf = (schema) => schema.$ref?.split("/").pop();

// "`code` in a text" as elements.
const rich = (text) =>
  text.split("`").map((part, at) => (at % 2 ? element("code", { textContent: part }) : part));

// A schema in a few words: "string, 1 to 11", "a | b", "Message[]".
function inWords(schema) {
  if (schema.$ref) return resolve(schema).enum ? inWords(resolve(schema)) : nameOf(schema);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(inWords).join(" | ");
  if (schema.type === "array") return inWords(schema.items).replace(/^(.*\|.*)$/, "($1)") + "[]";
  const type = schema.format ?? [schema.type ?? "any"].flat().join(" | ");
  const most = schema.maximum ?? schema.maxLength;
  return most === undefined ? type : `${type}, ${schema.minimum ?? schema.minLength} to ${most}`;
}

// The object behind a schema, through references and arrays.
function membersOf(schema) {
  const found = resolve(schema);
  return found.items ? membersOf(found.items) : found;
}

function describe(schema) {
  const text = schema.description ?? "";
  const note = text.charAt(0).toUpperCase() + text.slice(1);
  if (schema.default === undefined) return note;
  const standard = `Otherwise ${JSON.stringify(schema.default)}`;
  return note ? `${note}. ${standard}` : standard;
}

// {depth, name, required, type, note} of each member.
function* rowsOf(schema, depth = 0, seen = []) {
  const object = membersOf(schema);
  if (object.anyOf) {
    for (const choice of object.anyOf) yield* rowsOf(choice, depth, seen);
    return;
  }
  for (const [name, member] of Object.entries(object.properties ?? {})) {
    const required = (object.required ?? []).includes(name);
    yield { depth, name, required, type: inWords(member), note: describe(member) };
    const inner = membersOf(member);
    if (depth < 3 && !seen.includes(inner)) yield* rowsOf(member, depth + 1, [...seen, inner]);
  }
}

function fields(title, rows, asked) {
  const all = [...rows];
  if (all.length === 0) return "";
  const list = all.map(({ depth, name, required, type, note }) =>
    element("div", { className: `depth${depth}` },
      element("dt", {}, element("code", { textContent: name }),
        asked && required ? element("span", { className: "must", textContent: "required" }) : "",
        !asked && !required ? element("span", { className: "may", textContent: "optional" }) : ""),
      element("dd", { className: "type", textContent: type }),
      note ? element("dd", {}, ...rich(note)) : ""));
  return element("section", {}, element("h4", { textContent: title }), element("dl", { className: "fields" }, ...list));
}

const mediaOf = (holder) => Object.entries(resolve(holder)?.content ?? {})[0];

function body(title, holder, asked) {
  const media = mediaOf(holder);
  if (!media) return "";
  const [type, { schema }] = media;
  const words = inWords(schema).replace(/^object$/, "");
  const label = [title, type === "application/json" ? words : type].filter(Boolean).join(" · ");
  return fields(label, rowsOf(schema), asked) || element("h4", { textContent: label });
}

function parameters(operation) {
  const rows = (operation.parameters ?? []).map(resolve).map((parameter) => ({
    depth: 0, name: parameter.name, required: parameter.required,
    type: `${inWords(parameter.schema)} · ${parameter.in}`,
    note: describe({ ...parameter.schema, description: parameter.description }) }));
  return fields("Parameters", rows, true);
}

function errors(operation) {
  const rows = Object.entries(operation.responses).filter(([status]) => status >= "4")
    .map(([status, response]) => element("div", {}, element("dt", {}, element("code", { textContent: status })),
      element("dd", { textContent: resolve(response).description })));
  return rows.length === 0 ? "" : element("details", { className: "errors" },
    element("summary", { textContent: "Errors" }), element("dl", { className: "fields" }, ...rows));
}

// Keys, texts and numbers of JSON in colours.
function* coloured(json) {
  let at = 0;
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|-?\b\d[\d.]*\b|\b(?:true|false|null)\b/g)) {
    yield json.slice(at, match.index);
    const kind = match[1] ? "k" : match[0].startsWith('"') ? "s" : "n";
    yield element("span", { className: kind, textContent: match[0] });
    at = match.index + match[0].length;
  }
  yield json.slice(at);
}

function code(title, text, isJson, tagged) {
  const copy = element("button", { type: "button", className: "copy", textContent: "Copy", "aria-label": `Copy: ${title} of ${tagged}` });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  return element("div", { className: "code" },
    element("div", { className: "head" }, element("span", { textContent: title }), copy),
    element("pre", { className: isJson ? "json" : "shell", tabIndex: 0, role: "region", "aria-label": `${title} of ${tagged}` }, ...(isJson ? coloured(text) : [text])));
}

// An object a member a line, if it does not fit into one.
const pretty = (value) => JSON.stringify(value, null, 2);

const baseOf = (path) => api.paths[path].servers?.[0].url.replace(/^\/$/, "") ?? "/api";

function curl(path, method, operation) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  let target = path;
  const query = [];
  for (const parameter of (operation.parameters ?? []).map(resolve)) {
    const value = encodeURIComponent(parameter.example ?? parameter.name);
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, value);
    if (parameter.in === "query" && parameter.required) query.push(`${parameter.name}=${value}`);
  }
  const url = `${location.origin}${baseOf(path)}${target}${query.length ? `?${query.join("&")}` : ""}`;
  const media = mediaOf(operation.requestBody);
  const said = method === "get" || (method === "post" && media);  // curl takes it for granted
  const lines = [`curl ${said ? "" : `-X ${method.toUpperCase()} `}"${url}"`];
  const { by } = operation["x-needs"];
  if (by === "key" || by === "app_key") lines.push('-H "Authorization: Bearer $API_KEY"');
  if (by === "login") lines.push('-b "esms_access_token=$SESSION"');
  if (by === "login" && method !== "get") lines.push('-H "X-CSRF-Token: $CSRF_TOKEN"');
  if ((operation.parameters ?? []).some(({ $ref }) => $ref?.endsWith("/IdempotencyKey"))) lines.push('-H "Idempotency-Key: order-4711"');
  if (media) {
    const [type, { schema, example }] = media;
    if (type === "multipart/form-data") {
      lines.push("-F file=@contacts.csv");
    } else if (type !== "application/json") {
      lines.push(...Object.entries(example ?? {}).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`));
    } else if (example !== undefined || schema.type) {
      lines.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(example ?? {}))}`);
    }
  }
  return lines.join(" \\\n  ");
}

function examples(path, method, operation) {
  const tagged = `${method.toUpperCase()} ${path}`;
  const made = [code("Request", curl(path, method, operation), false, tagged)];
  const [status, response] = Object.entries(operation.responses)[0];
  const example = mediaOf(response)?.[1].example;
  if (example !== undefined) made.push(code(`Answer ${status}`, pretty(example), true, tagged));
  return element("div", { className: "examples" }, ...made);
}

const method = (name) => element("span", { className: `method ${name}`, textContent: name.toUpperCase() });
const breakable = (path) => path.split(/(?=\/)/).flatMap((part) => [element("wbr"), part]).slice(1);

function anchor(id, ...children) {
  return element("a", { className: "anchor", href: `#${id}` }, ...children);
}

function article(path, verb, operation) {
  const needs = operation["x-needs"];
  const [status, success] = Object.entries(operation.responses)[0];
  const [first, ...more] = operation.description.split("\n\n").reverse();
  return element("article", { id: operation.operationId },
    element("div", { className: "words" },
      element("h3", {}, anchor(operation.operationId, method(verb), " ", ...breakable(baseOf(path) === "/api" ? path : baseOf(path) + path))),
      element("p", { className: "summary" }, operation.summary, " ", element("span", { className: `need ${needs.by}`, textContent: needs.label })),
      ...[first, ...more].reverse().map((text) => element("p", { className: "description" }, ...rich(text))),
      parameters(operation),
      body("Body", operation.requestBody, true),
      body(`Answer ${status}`, success, false) || element("h4", { textContent: `Answer ${status} · no body` }),
      errors(operation)),
    examples(path, verb, operation));
}

function eventArticle(name, operation) {
  const [, { schema, example }] = mediaOf(operation.requestBody);
  return element("article", { id: operation.operationId },
    element("div", { className: "words" },
      element("h3", {}, anchor(operation.operationId, element("span", { className: "method event", textContent: "EVENT" }), " ", name)),
      element("p", { className: "summary" }, operation.summary, " ", element("span", { className: "need other", textContent: "Signed by us" })),
      element("p", { className: "description" }, ...rich(operation.description)),
      parameters(operation),
      fields(`Body · ${nameOf(schema)}`, rowsOf(schema), false)),
    element("div", { className: "examples" }, code("Body", pretty(example), true, name)));
}

// {tag: [{link, made, words}]}, in the document's order of tags.
function entries() {
  const groups = new Map(api.tags.map(({ name }) => [name, []]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const verb of METHODS.filter((known) => methods[known])) {
      const operation = methods[verb];
      const link = element("a", { href: `#${operation.operationId}` }, method(verb), " ", element("span", {}, ...breakable(path)));
      groups.get(operation.tags[0]).push({ link, made: article(path, verb, operation), words: `${verb} ${path} ${operation.summary}`.toLowerCase() });
    }
  }
  for (const [name, { post }] of Object.entries(api.webhooks)) {
    const link = element("a", { href: `#${post.operationId}` }, element("span", { className: "method event", textContent: "EVENT" }), " ", element("span", { textContent: name }));
    groups.get(post.tags[0]).push({ link, made: eventArticle(name, post), words: `${name} ${post.summary}`.toLowerCase() });
  }
  return groups;
}

// Marks the link of what is read.
function followReading(links) {
  const seen = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (!isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  for (const id of links.keys()) seen.observe(document.getElementById(id));
}

function searchIn(groups, guide) {
  const search = document.getElementById("search");
  const all = [...groups].flatMap(([, group]) => group.entries);
  const menu = document.getElementById("menu");
  const wide = matchMedia("(min-width: 60rem)");
  const narrow = () => { menu.open = wide.matches || search.value.trim() !== ""; };
  wide.addEventListener("change", narrow);
  const look = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { link, made, words } of all) {
      const fits = wanted.every((word) => words.includes(word));
      link.parentElement.hidden = made.hidden = !fits;
      found += fits;
    }
    for (const [, { parts, entries: mine }] of groups) {
      for (const part of parts) part.hidden = mine.every(({ made }) => made.hidden);
    }
    for (const part of guide) part.hidden = wanted.length > 0;
    document.getElementById("found").textContent =
      wanted.length === 0 ? "" : found === 0 ? `Nothing is called “${search.value.trim()}”.` : `${found} of ${all.length} match “${search.value.trim()}”.`;
    narrow();
  };
  search.addEventListener("input", look);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, textarea")) return;
    event.preventDefault();
    search.focus();
  });
  look();
}

// The group of links under a heading of the contents.
function group(title, links) {
  return element("section", { "aria-label": title }, element("p", { className: "title", textContent: title }),
    element("ul", {}, ...links.map((link) => element("li", {}, link))));
}

function show() {
  const index = document.getElementById("index");
  const operations = document.getElementById("operations");
  const links = new Map();
  const chapters = [...document.querySelectorAll("#guide section[id]")].slice(1).map((section) => {
    const link = element("a", { href: `#${section.id}`, textContent: section.querySelector("h2").textContent });
    links.set(section.id, link);
    return link;
  });
  const chapterList = group("Guide", chapters);
  index.append(chapterList);
  const groups = new Map();
  for (const [name, made] of entries()) {
    const { description } = api.tags.find((tag) => tag.name === name);
    const list = group(name, made.map(({ link }) => link));
    const section = element("section", { className: "tag", id: name.toLowerCase().replaceAll(/[^a-z]+/g, "-") },
      element("h2", { textContent: name }), element("p", { className: "about", textContent: description }),
      ...made.map((entry) => entry.made));
    index.append(list);
    operations.append(section);
    groups.set(name, { entries: made, parts: [list, section] });
    for (const entry of made) links.set(entry.made.id, entry.link);
  }
  searchIn(groups, [chapterList, document.getElementById("guide")]);
  followReading(links);
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

// Tabs as the ARIA practices have them: one in the order of Tab, arrows between them.
async function showClients() {
  const tabs = document.getElementById("tabs");
  const panel = document.getElementById("snippet");
  const choose = async (tab) => {
    for (const other of tabs.children) {
      other.setAttribute("aria-selected", other === tab);
      other.tabIndex = other === tab ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", tab.id);
    panel.firstElementChild.textContent = await (await fetch(`clients/${CLIENTS[tab.textContent]}`)).text();
  };
  for (const name of Object.keys(CLIENTS)) {
    const tab = element("button", { type: "button", id: `tab-${name}`, role: "tab", textContent: name, "aria-controls": "snippet" });
    tab.addEventListener("click", () => choose(tab));
    tabs.append(tab);
  }
  tabs.addEventListener("keydown", (event) => {
    const all = [...tabs.children];
    const at = all.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = all.at(next % all.length);
    tab.focus();
    choose(tab);
  });
  await choose(tabs.firstChild);
}

for (const base of document.querySelectorAll(".base")) base.textContent = `${location.origin}/api`;
const clients = showClients();
try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`${answer.status}`);
  api = await answer.json();
  show();
} catch (error) {
  document.getElementById("found").textContent = `openapi.json cannot be read: ${error.message}`;
}
await clients;
document.body.dataset.ready = "true";
