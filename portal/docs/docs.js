// Renders /openapi.json. No library, nothing from elsewhere.

const CLIENTS = { curl: "send.sh", Python: "send.py", Browser: "send.browser.mjs", Node: "send.mjs", PHP: "send.php" };

const element = (name, attributes = {}, ...children) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
};

let api;

const resolve = (schema) =>
  schema.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;

// A schema in a few words: "string, 1 to 11", "a | b", "Message[]".
function inWords(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(inWords).join(" | ");
  if (schema.type === "array") return inWords(schema.items) + "[]";
  const type = schema.format ?? [schema.type ?? "any"].flat().join(" | ");
  const least = schema.minimum ?? schema.minLength;
  const most = schema.maximum ?? schema.maxLength;
  return most === undefined ? type : `${type}, ${least} to ${most}`;
}

// The members behind a schema, through references and arrays.
function membersOf(schema) {
  const found = resolve(schema);
  if (found.items) return membersOf(found.items);
  return found;
}

function* rowsOf(schema, depth = 0, seen = []) {
  const object = membersOf(schema);
  if (object.anyOf) {
    for (const choice of object.anyOf) yield* rowsOf(choice, depth, seen);
    return;
  }
  for (const [name, member] of Object.entries(object.properties ?? {})) {
    const optional = !(object.required ?? []).includes(name);
    yield [" ".repeat(2 * depth) + name + (optional ? "?" : ""), inWords(member), describe(member)];
    const inner = membersOf(member);
    if (depth < 3 && !seen.includes(inner)) yield* rowsOf(member, depth + 1, [...seen, inner]);
  }
}

function describe(schema) {
  const note = schema.description ?? "";
  return schema.default === undefined ? note : `${note} Default ${JSON.stringify(schema.default)}.`.trim();
}

function table(title, rows) {
  const all = [...rows];
  if (all.length === 0) return "";
  const body = all.map((cells) => element("tr", {}, ...cells.map((text) => element("td", { textContent: text }))));
  return element("section", {}, element("h4", { textContent: title }), element("table", {}, element("tbody", {}, ...body)));
}

function content(title, holder) {
  if (!holder?.content) return "";
  const [type, media] = Object.entries(holder.content)[0];
  const rows = [...rowsOf(media.schema)];
  const label = `${title} ${type === "application/json" ? inWords(media.schema).replace(/^object$/, "") : type}`.trim();
  return rows.length ? table(label, rows) : element("h4", { textContent: label });
}

function parameters(operation) {
  return (operation.parameters ?? []).map((parameter) => {
    const of = parameter.$ref ? api.components.parameters[parameter.$ref.split("/").pop()] : parameter;
    return [of.name + (of.required ? "" : "?"), `${of.in}: ${inWords(of.schema)}`, describe({ ...of.schema, description: of.description })];
  });
}

function article(path, method, operation) {
  const scope = operation.security?.[0] && Object.values(operation.security[0])[0][0];
  const success = Object.entries(operation.responses).find(([status]) => status < "4");
  const errors = Object.entries(operation.responses).filter(([status]) => status >= "4");
  return element("article", { id: operation.operationId },
    element("h3", {}, element("span", { className: `method ${method}`, textContent: method.toUpperCase() }), path),
    element("p", {}, operation.summary ?? "", " ",
      element("span", { className: "need", textContent: scope ? `Key with scope ${scope}.` : "No key." })),
    table("Parameters", parameters(operation)),
    content("Body", operation.requestBody),
    success ? content(`${success[0]}`, success[1]) : "",
    table("Errors", errors.map(([status, response]) => [status, "", response.description])));
}

function show() {
  document.getElementById("about").textContent = api.info.description;
  const groups = new Map();
  const operations = document.getElementById("operations");
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (method === "servers") continue;
      const made = article(path, method, operation);
      operations.append(made);
      const link = element("a", { href: `#${operation.operationId}`, title: operation.summary ?? "" },
        element("span", { className: `method ${method}`, textContent: method.toUpperCase() }), path);
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ link, made, words: `${method} ${path} ${operation.summary}`.toLowerCase() });
    }
  }
  const index = document.getElementById("index");
  for (const [tag, entries] of groups) {
    index.append(element("h2", { textContent: tag }), ...entries.map((entry) => entry.link));
  }
  document.getElementById("search").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const { link, made, words } of [...groups.values()].flat()) {
      link.hidden = made.hidden = !words.includes(wanted);
    }
  });
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function showClients() {
  const tabs = document.getElementById("tabs");
  const snippet = document.getElementById("snippet");
  for (const [name, file] of Object.entries(CLIENTS)) {
    const tab = element("button", { type: "button", textContent: name });
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", async () => {
      for (const other of tabs.children) other.setAttribute("aria-selected", other === tab);
      snippet.textContent = await (await fetch(`clients/${file}`)).text();
    });
    tabs.append(tab);
  }
  tabs.firstChild.click();
}

showClients();
api = await (await fetch("/openapi.json")).json();
show();
