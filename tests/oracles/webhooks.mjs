// Whether npm's standardwebhooks takes what stands in FILE, a line each, as its receiver would:
//   {"secret": "whsec_…", "headers": {"webhook-id": "evt_…", …}, "body": "…"}
// prints "taken", or why not. Usage: webhooks.mjs FILE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { Webhook } = createRequire(import.meta.url)('standardwebhooks');

for (const line of readFileSync(process.argv[2], 'utf8').trimEnd().split('\n')) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    console.log('taken');
  } catch (error) {
    console.log(error.message);
  }
}
