// A client that openapi-typescript makes from the document, compiled under --strict: where a body
// has required members it refuses no body and {}, and takes the document's example.
// Usage: strict_client.mjs OPENAPI FOLDER. Prints what is wrong, and how many bodies it tried.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const require = createRequire(path.join(root, "build/npm/"));
const ts = require("typescript");
const { default: openapiTS, astToString } = require("openapi-typescript");

const [, , file, folder] = process.argv;
const api = JSON.parse(readFileSync(file, "utf8"));

function resolve(schema) {
  return schema.$ref ? resolve(schema.$ref.slice(2).split("/").reduce((at, name) => at[name], api)) : schema;
}

const lines = [
  'import type { paths, webhooks } from "./api";',
  "type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';",
  "type Init<O> = O extends { requestBody: { content: infer C } } ? { body: C[keyof C] }",
  "  : O extends { requestBody?: { content: infer C } } ? { body?: C[keyof C] } : {};",
  "declare function call<P extends keyof paths, V extends Verb & keyof paths[P]>(",
  "  path: P, verb: V, init: Init<paths[P][V]>): void;",
  "type Sent<W extends keyof webhooks> =",
  "  webhooks[W] extends { post: { requestBody: { content: infer C } } } ? C[keyof C] : never;",
];
let bodies = 0;
for (const [at, methods] of Object.entries(api.paths)) {
  for (const [verb, operation] of Object.entries(methods)) {
    if (!operation.requestBody) continue;
    const [{ schema, example }] = Object.values(operation.requestBody.content);
    const start = `call(${JSON.stringify(at)}, "${verb}", `;
    if ((resolve(schema).required ?? []).length > 0) {
      bodies += 1;
      lines.push("// @ts-expect-error", `${start}{});`, "// @ts-expect-error", `${start}{ body: {} });`);
    } else {
      lines.push(`${start}{});`);
    }
    if (example !== undefined) lines.push(`${start}{ body: ${JSON.stringify(example)} });`);
  }
}
for (const [name, { post }] of Object.entries(api.webhooks)) {
  const { example } = post.requestBody.content["application/json"];
  lines.push("// @ts-expect-error", `({}) satisfies Sent<"${name}">;`);
  lines.push(`(${JSON.stringify(example)}) satisfies Sent<"${name}">;`);
}

writeFileSync(path.join(folder, "api.ts"), astToString(await openapiTS(api)));
const client = path.join(folder, "client.ts");
writeFileSync(client, lines.join("\n"));
const program = ts.createProgram([client], {
  strict: true, noEmit: true, types: [], target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
});
for (const { file: where, start, messageText } of ts.getPreEmitDiagnostics(program)) {
  const line = where === undefined ? 0 : where.getLineAndCharacterOfPosition(start).line;
  const text = where === undefined ? "" : where.text.split("\n").slice(line, line + 2).join(" ");
  console.log(`${ts.flattenDiagnosticMessageText(messageText, " ")}: ${text}`);
}
console.log(`${bodies} bodies`);
