// What the compiler does not see of the portal: a text that is not from the catalogue, a text of the
// catalogue that nobody shows, an address that nginx does not know, long lines and functions.
// Usage: node tests/check/portal.mjs, once build/npm is there
import { createRequire } from "node:module";
import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readCatalogue } from "../../portal/catalogue.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ts = createRequire(join(root, "build/npm/node_modules/"))("typescript");
const COLUMNS_MAX = 100;
const LINES_MAX = 40; // of a function, without its markup, which is a document
const ONE_TEXT = /^\s*(\w+: )?"[^"]*",?$/; // which cannot be broken
const SHOWN = /^(title|placeholder|alt|label|name|head|text|action|hint|aria-.*)$/;
const NO_TEXT =
  /^(aria-(current|live|labelledby|describedby|hidden|controls|expanded|invalid|pressed|checked|disabled|busy))$/;
// Names, not words: the product's, a scheme that is typed.
const NAMES = new Set(["Dundun", "https://"]);
const letters = /\p{L}{2,}/u;

async function sources(folder) {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((name) => /\.tsx?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function complainer(file, source, tree) {
  return (node, said) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
    console.log(`${relative(root, file)}:${line + 1} ${said}`);
  };
}

function inside(node, name) {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isJsxElement(at) && at.openingElement.tagName.getText() === name) return true;
  }
  return false;
}

function linesOf(node, tree) {
  const line = (at) => tree.getLineAndCharacterOfPosition(at).line;
  return line(node.end) - line(node.getStart(tree)) + 1;
}

function markupOf(node, tree) {
  if (ts.isJsxElement(node) || ts.isJsxFragment(node) || ts.isJsxSelfClosingElement(node)) {
    return linesOf(node, tree);
  }
  let lines = 0;
  ts.forEachChild(node, (child) => {
    lines += markupOf(child, tree);
  });
  return lines;
}

// Texts in the markup and in attributes that are shown or read out.
function judgeTexts(tree, complain) {
  const visit = (node) => {
    if (
      ts.isJsxText(node) &&
      letters.test(node.text) &&
      !NAMES.has(node.text.trim()) &&
      !inside(node, "kbd")
    ) {
      complain(node, `shows "${node.text.trim()}", which is not from the catalogue`);
    }
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
      const name = node.name.getText(tree);
      const html = /^[a-z]/.test(node.parent.parent.tagName.getText(tree));
      const text = node.initializer.text;
      if (
        SHOWN.test(name) &&
        !NO_TEXT.test(name) &&
        letters.test(text) &&
        !NAMES.has(text) &&
        !(name === "name" && (html || text === text.toLowerCase()))
      ) {
        complain(node, `says "${text}", which is not from the catalogue`);
      }
    }
    if (ts.isFunctionLike(node) && node.body) {
      const lines = linesOf(node, tree) - markupOf(node.body, tree);
      if (lines > LINES_MAX) complain(node, `a function of ${lines} lines (at most ${LINES_MAX})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

async function judgeAddresses() {
  const routes = await readFile(join(root, "portal/src/app/routes.ts"), "utf8");
  const nginx = await readFile(join(root, "nginx/api.conf"), "utf8");
  const known = new Set(nginx.match(/location ~ \^\/\((send\|[^)]*)\)/)[1].split("|"));
  const wanted = new Set([...routes.matchAll(/pattern: "\/([a-z-]+)/g)].map(([, word]) => word));
  for (const word of wanted)
    if (!known.has(word)) console.log(`nginx/api.conf does not know /${word} of the portal`);
  for (const word of known)
    if (!wanted.has(word))
      console.log(`nginx/api.conf has /${word}, the portal has no such screen`);
}

let everything = await readFile(join(root, "portal/build.mjs"), "utf8"); // its page has a text too
for (const file of await sources(join(root, "portal/src"))) {
  const source = await readFile(file, "utf8");
  everything += source;
  source.split("\n").forEach((line, index) => {
    if ([...line].length > COLUMNS_MAX && !ONE_TEXT.test(line)) {
      console.log(`${relative(root, file)}:${index + 1} has more than ${COLUMNS_MAX} columns`);
    }
  });
  const tree = ts.createSourceFile(
    file,
    source,
    ts.ScriptTarget.ES2022,
    true,
    file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  judgeTexts(tree, complainer(file, source, tree));
}
for (const { en, place } of await readCatalogue()) {
  if (!everything.includes(JSON.stringify(en))) console.log(`${place} nobody shows "${en}"`);
}
await judgeAddresses();
