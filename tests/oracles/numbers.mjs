// What npm's libphonenumber-js says of generated numbers, a line each:
//   +254712000104 +254712000104 KE mobile        or, of one that is not valid: +2547 - - -
// Usage: numbers.mjs AFRICAN_PREFIX_DIGITS RANDOM_NUMBERS SEED
// Of the African countries every prefix of so many digits, at every length; the rest is random.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
const metadata = require('libphonenumber-js/metadata.max.json');

const [prefixDigits, randomNumbers, seed] = process.argv.slice(2).map(Number);
const african = `DZ AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR
  LY MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW`.split(/\s+/);

let state = seed;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const digits = (count) => Array.from({ length: count }, () => below(10)).join('');

const lines = [];
function ask(text) {
  const number = parsePhoneNumberFromString(text);
  const said = number && number.isValid()
    ? [number.number, number.country || '-', (number.getType() || 'unknown').toLowerCase()]
    : ['-', '-', '-'];
  lines.push([text, ...said].join(' '));
  if (lines.length === 10000) process.stdout.write(`${lines.splice(0).join('\n')}\n`);
}

for (const id of african) {
  const [code, , , lengths, , trunk] = metadata.countries[id];
  const most = Math.max(...lengths);
  for (let prefix = 0; prefix < 10 ** prefixDigits; prefix += 1) {
    const begin = `+${code}${String(prefix).padStart(prefixDigits, '0')}`;
    for (const length of [...lengths, most + 1]) ask(begin + digits(length - prefixDigits));
    if (trunk) ask(`+${code}${trunk}${begin.slice(code.length + 1)}${digits(most - prefixDigits)}`);
  }
}
const everywhere = [...Object.values(metadata.countries), ...Object.values(metadata.nonGeographic)];
for (let i = 0; i < randomNumbers; i += 1) {
  const [code, , , lengths] = everywhere[below(everywhere.length)];
  const length = below(10) === 0 ? 4 + below(9) : lengths[below(lengths.length)];
  ask(`+${code}${digits(length)}`);
}
if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
