// Makes the portal: what nginx serves at `/`. Usage: node build.mjs OPENAPI_JSON [--watch]
//
//   build/portal-work   made from elsewhere: types of the API, keys of the catalogue
//   build/portal        index.html, and assets/ with names that change with their content, each
//                       with its compressed copy beside it
//
// deploy/dev/portal.sh calls this once the packages are there (portal/node_modules).
import * as esbuild from "esbuild";
import { execFile } from "node:child_process";
import { watch } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { constants, gzipSync } from "node:zlib";
import { LANGUAGES, readCatalogue } from "./catalogue.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const work = join(root, "build/portal-work");
const out = join(root, "build/portal");
const run = promisify(execFile);
const ENTRY = "src/app/main.tsx";
const CHART = "src/ui/chart.tsx"; // what the overview shows once it is there
const plain = (name) => name.slice(name.lastIndexOf("/") + 1);
const [openapi, mode] = process.argv.slice(2);

async function writeIfChanged(file, text) {
  const before = await readFile(file, "utf8").catch(() => null);
  if (before !== text) await writeFile(file, text);
}

// The API's types. An endpoint that changes breaks the build of whatever calls it.
async function makeTypes() {
  const target = join(work, "api.d.ts");
  const made = join(work, "api.new.ts");
  const source = await readFile(openapi, "utf8");
  const kept = await readFile(join(work, "openapi.kept"), "utf8").catch(() => null);
  if (source === kept) return;
  await run("node", [
    join(here, "node_modules/openapi-typescript/bin/cli.js"),
    openapi,
    "-o",
    made,
  ]);
  await rename(made, target);
  await writeFile(join(work, "openapi.kept"), source);
}

// The English texts are the keys: a text that is not in the catalogue does not compile.
async function makeKeys(catalogue) {
  const keys = catalogue.map((entry) => `  | ${JSON.stringify(entry.en)}`).join("\n");
  await writeIfChanged(join(work, "words.d.ts"), `export type Words =\n${keys};\n`);
}

// `import("words:fr")` is the texts of a language, by their English, that stand in `shown`, the text
// of sources; `import("words:fr-rest")` all others.
const words = (shown) => ({
  name: "words",
  setup(build) {
    build.onResolve({ filter: /^words:/ }, ({ path }) => ({
      path: path.slice(6),
      namespace: "words",
    }));
    build.onLoad({ filter: /.*/, namespace: "words" }, async ({ path }) => {
      const [language, rest] = path.split("-");
      const entries = (await readCatalogue())
        .filter(({ en }) => shown.includes(JSON.stringify(en)) === !rest)
        .map((entry) => [entry.en, entry[language]])
        .filter(([english, text]) => english !== text);
      return { contents: JSON.stringify(Object.fromEntries(entries)), loader: "json" };
    });
  },
});

// Whoever shows a screen has the first view already. Each screen imports all of its modules, so that
// they are one file: esbuild makes a file of those that the same screens use, which were a dozen.
const together = (modules) => ({
  name: "together",
  setup(build) {
    const known = new Set(modules.map((name) => join(here, name)));
    const imports = modules
      .filter((name) => name !== ENTRY)
      .map((name) => `import ${JSON.stringify(join(here, name))};`)
      .join("");
    build.onLoad({ filter: /\/src\/.*\.tsx$/ }, async ({ path }) => {
      if (known.has(path)) return null;
      return { contents: `${await readFile(path, "utf8")}\n${imports}`, loader: "tsx" };
    });
  },
});

// The sources of the first view but the one that begins it.
function firstSources({ outputs }, { scripts }) {
  const names = Object.keys(outputs).filter((name) => scripts.includes(plain(name)));
  const sources = new Set(names.flatMap((name) => Object.keys(outputs[name].inputs)));
  return [...sources].filter((name) => name.startsWith("src/") && name !== ENTRY);
}

async function bundle() {
  const apart = await build([words("")]);
  const sources = firstSources(apart.metafile, firstView(apart.metafile));
  const shown = [ENTRY, CHART, ...sources].map((name) => readFile(join(here, name), "utf8"));
  return build([words((await Promise.all(shown)).join("\n")), together([ENTRY, ...sources])]);
}

function build(plugins) {
  return esbuild.build({
    absWorkingDir: here,
    entryPoints: { main: ENTRY, style: "src/ui/style.css" },
    outdir: join(out, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    write: false,
    legalComments: "none",
    plugins,
    logLevel: "error",
  });
}

// The output's name of an entry, and of what it imports at once, with the screen that most begin
// with: the first view.
function firstView(metafile) {
  const outputs = metafile.outputs;
  const made = (source) =>
    Object.keys(outputs).find((name) => outputs[name].entryPoint === source);
  const entry = made(ENTRY);
  const style = made("src/ui/style.css");
  const seen = new Set();
  const walk = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind } of outputs[name].imports) {
      if (kind === "import-statement") walk(path);
    }
  };
  walk(entry);
  walk(made("src/overview/overview.tsx"));
  return { entry: plain(entry), style: plain(style), scripts: [...seen].map(plain) };
}

// Shown if the page's code does not come, which could not say so itself; in all languages, because
// what would choose one does not come either.
const LATE = "The page is not here yet. If it does not come, load it again.";

function late(catalogue) {
  const texts = catalogue.find(({ en }) => en === LATE);
  const lines = LANGUAGES.map((language) => `<li lang="${language}">${texts[language]}</li>`);
  return `<ul class="late">\n${lines.join("\n")}\n</ul>`;
}

function page({ entry, style, scripts }, catalogue) {
  const early = scripts
    .filter((name) => name !== entry)
    .map((name) => `<link rel="modulepreload" href="/assets/${name}">`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Dundun</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${style}">
${early}
<script type="module" src="/assets/${entry}"></script>
<div id="app">${late(catalogue)}</div>
<noscript>This page needs JavaScript. The API works without it: <a href="/docs/">/docs/</a></noscript>
</html>
`;
}

// Packages under the MIT licence that bring no file of it: who holds the rights.
const UNFILED = { "qrcode-generator": "Copyright (c) 2009 Kazuhiko Arase" };

async function licenceOf(name, folder) {
  const file = (await readdir(folder)).find((entry) => /^licen[sc]e/i.test(entry));
  if (file) return readFile(join(folder, file), "utf8");
  if (!UNFILED[name]) return "";
  const mit = await readFile(join(here, "node_modules/preact/LICENSE"), "utf8");
  return mit.replace(/^Copyright.*$/m, UNFILED[name]);
}

// What is inside the page, and under which licence.
async function licences() {
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  const wanted = [
    ...Object.keys(dependencies),
    "@preact/signals-core",
    "openapi-typescript-helpers",
  ];
  const parts = [];
  for (const name of wanted) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = await licenceOf(name, folder);
    parts.push(`${name} ${version}: ${license}\n\n${text.trim()}\n`);
  }
  return parts.join("\n----\n\n");
}

// Files come first, the page that names them after them, and old files go last: whoever has the old
// page open can still load the rest of it while a new one is put in place.
async function put(result, catalogue) {
  const assets = join(out, "assets");
  await mkdir(assets, { recursive: true });
  const names = new Set();
  for (const { path, contents } of result.outputFiles) {
    const name = relative(assets, path);
    names.add(name).add(name + ".gz");
    await writeFile(path, contents);
    await writeFile(path + ".gz", gzipSync(contents, { level: constants.Z_BEST_COMPRESSION }));
  }
  const first = firstView(result.metafile);
  await writeFile(join(out, "licences.txt"), await licences());
  await writeFile(join(work, "first-view.json"), JSON.stringify(first));
  await writeFile(join(out, "index.html.new"), page(first, catalogue));
  await rename(join(out, "index.html.new"), join(out, "index.html"));
  for (const name of await readdir(assets)) if (!names.has(name)) await rm(join(assets, name));
}

async function typecheck() {
  const tsc = join(here, "node_modules/typescript/bin/tsc");
  await run("node", [
    tsc,
    "-p",
    here,
    "--incremental",
    "--tsBuildInfoFile",
    join(work, "tsc.info"),
  ]).catch((failed) => {
    throw new Error(failed.stdout || failed.message);
  });
}

async function make() {
  await mkdir(work, { recursive: true });
  const catalogue = await readCatalogue();
  await makeTypes();
  await makeKeys(catalogue);
  const [result] = await Promise.all([bundle(), typecheck()]);
  await put(result, catalogue);
}

async function keepMaking() {
  let due = null;
  const again = () => {
    clearTimeout(due);
    due = setTimeout(async () => {
      try {
        await make();
        console.log(`${new Date().toLocaleTimeString()}  made`);
      } catch (failed) {
        console.error(String(failed.message ?? failed));
      }
    }, 100);
  };
  watch(
    join(here, "src"),
    { recursive: process.platform !== "linux" || +process.versions.node.split(".")[0] >= 20 },
    again,
  );
  watch(openapi, again);
  again();
}

if (LANGUAGES.length === 0 || !openapi) throw new Error("usage: build.mjs OPENAPI_JSON [--watch]");
if (mode === "--watch") await keepMaking();
else
  await make().catch((failed) => {
    console.error(String(failed.message ?? failed));
    process.exit(1);
  });
