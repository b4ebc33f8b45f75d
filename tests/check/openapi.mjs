// Reads openapi.json as Redocly's and Spectral's recommended rules do, and says what they find.
// Usage: openapi.mjs FILE
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const require = createRequire(path.join(root, "build/npm/"));
const { lint, createConfig } = require("@redocly/openapi-core");
const { Spectral, Document } = require("@stoplight/spectral-core");
const { Json } = require("@stoplight/spectral-parsers");
const { oas } = require("@stoplight/spectral-rulesets");

// What the API's own paths and answers force. Each stands for one finding, and must be found.
const FORCED = {
  // Both kinds of ids stand in the same place; a literal wins, and no id reads "batch" or "apps".
  "no-ambiguous-paths": [
    "/messages/batch/{id} and /messages/{id}/explain",
    "/messages/batch/{id} and /messages/{id}/cancel",
    "/messages/batch/{id} and /messages/{id}/reschedule",
    "/messages/batch/{id} and /messages/{id}/retry",
    "/verify/apps/{id} and /verify/{id}/resend",
    "/verify/apps/{id} and /verify/{id}/cancel",
  ],
  // A button of a page leads to RingCentral, and a payment's return to the portal: they have no other
  // good answer.
  "operation-2xx-response": ["/rc/connect/post", "/payments/return/{provider}/get"],
};
const missing = new Set(Object.entries(FORCED).flatMap(([rule, all]) => all.map((one) => `${rule} ${one}`)));

function forced(rule, message, where) {
  const text = rule === "no-ambiguous-paths" ? message.replaceAll("`", "") : where.replaceAll("~1", "/");
  const one = FORCED[rule]?.find((known) => text.includes(known));
  return one !== undefined && missing.delete(`${rule} ${one}`);
}

const file = process.argv[2];
const findings = [];
const config = await createConfig({ extends: ["recommended"] });
for (const problem of await lint({ ref: file, config })) {
  const where = problem.location[0].pointer ?? "";
  if (!forced(problem.ruleId, problem.message, where)) {
    findings.push(`redocly ${problem.ruleId}: ${problem.message} at ${where}`);
  }
}
const spectral = new Spectral();
spectral.setRuleset({ extends: [oas] });
for (const problem of await spectral.run(new Document(readFileSync(file, "utf8"), Json, file))) {
  findings.push(`spectral ${problem.code}: ${problem.message} at ${problem.path.join(".")}`);
}
findings.push(...[...missing].map((one) => `no longer found, so no longer forced: ${one}`));
for (const finding of findings.slice(0, 40)) console.log(`${file}: ${finding}`);
if (findings.length > 40) console.log(`${file}: and ${findings.length - 40} more`);
process.exitCode = findings.length > 0 ? 1 : 0;
