// Other queues at what a scheduler of ours does in http_carrier.sh: N jobs that are all due, each a
// POST to a server that answers at once. Usage: node due_work.mjs bullmq|graphile SETTINGS_JSON
import { Agent, request } from "node:http";
import { createRequire } from "node:module";

const [kind, text] = process.argv.slice(2);
const { modules, jobs, sink, redis, database } = JSON.parse(text);
const require = createRequire(modules);
const CONCURRENCY = 64;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

function submit(id) {
  const body = JSON.stringify({ to: "+254712345678", from: "b", text: "Gate 4 opens at nine", id });
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const there = { agent, port: sink, path: "/send", method: "POST", headers };
    const call = request(there, (answer) => {
      answer.resume();
      answer.on("end", resolve);
    });
    call.on("error", reject);
    call.end(body);
  });
}

// Calls `end` once `jobs` were done.
function counting(end) {
  let done = 0;
  return () => ++done === jobs && end();
}

async function bullmq() {
  const { Queue, Worker } = require("bullmq");
  const connection = { path: redis, maxRetriesPerRequest: null };
  const queue = new Queue("due", { connection });
  for (let first = 0; first < jobs; first += 1000) {
    const some = Array.from({ length: Math.min(1000, jobs - first) }, (_, i) => ({
      name: "send",
      data: { id: first + i },
      opts: { delay: 1, removeOnComplete: true },
    }));
    await queue.addBulk(some);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const begun = Date.now();
  await new Promise((resolve) => {
    const one = counting(resolve);
    const options = { connection, concurrency: CONCURRENCY };
    new Worker("due", ({ data }) => submit(data.id), options).on("completed", one);
  });
  return Date.now() - begun;
}

async function graphile() {
  const { Logger, makeWorkerUtils, run } = require("graphile-worker");
  const logger = new Logger(() => () => undefined); // a line a job would be half of the work
  const { Pool } = require("pg");
  const pool = new Pool({ connectionString: database, max: CONCURRENCY + 6 });
  pool.on("error", () => undefined);
  const utils = await makeWorkerUtils({ pgPool: pool });
  await utils.migrate();
  await pool.query(
    `select graphile_worker.add_job('send', json_build_object('id', i)) from generate_series(1, $1) i`,
    [jobs],
  );
  await pool.query("vacuum analyze");
  const begun = Date.now();
  await new Promise((resolve) => {
    const one = counting(resolve);
    void run({
      pgPool: pool,
      logger,
      concurrency: CONCURRENCY,
      pollInterval: 100,
      noHandleSignals: true,
      taskList: { send: ({ id }) => submit(id) },
    }).then((runner) => runner.events.on("job:success", one));
  });
  return Date.now() - begun;
}

const ms = await { bullmq, graphile }[kind]();
console.log(`${kind}: ${jobs} jobs in ${ms} ms, ${Math.round((jobs * 1000) / ms)}/s`);
process.exit(0);
