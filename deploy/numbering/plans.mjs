// Prints the numbering plans of npm's libphonenumber-js, a line a country, as
// common/sms/numbering_plans.txt and NUMBERING_PLANS hold them:
//   npm install --prefix /tmp/plans libphonenumber-js
//   NODE_PATH=/tmp/plans/node_modules node deploy/numbering/plans.mjs >plans.txt
// A line is a message of libphonenumber's phonemetadata.proto: the n-th member of the array is the
// field with the number n.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const metadata = require('libphonenumber-js/metadata.max.json');
const examples = require('libphonenumber-js/examples.mobile.json');
const { version } = require('libphonenumber-js/package.json');
if (metadata.version !== 4) throw new Error(`metadata.max.json has version ${metadata.version}`);

const none = [-1]; // the possible lengths of a type that the country does not have
// Where the types of libphonenumber-js go.
const fieldOfType = [2, 3, 4, 5, 7, 28, 25, 21, 8, 6];
const mobile = 1;

function message(fields) {
  const all = Array(Math.max(...Object.keys(fields).map(Number)) + 1).fill(null);
  for (const [field, value] of Object.entries(fields)) all[field] = value || null;
  return all;
}

// An empty pattern: mobiles have the numbers of fixed lines.
function typeOf(types, type, example) {
  const own = types?.[type];
  if (!own) return message({ 9: none });
  const [pattern, lengths] = own[0] === '' ? types[0] : own;
  return message({ 2: pattern, 6: example, 9: lengths || null });
}

const format = ([pattern, text, leading, rule, optional], countryRule) =>
  message({ 1: pattern, 2: text, 3: leading, 4: rule || countryRule, 6: optional ? 1 : null });

function plan(id, country) {
  const [code, idd, pattern, lengths, formats, prefix, rule, parsing, transform, , leading, types,
    preferredIdd, extension] = country;
  const all = formats || [];
  const abroad = all.some((one) => one[5]) ? all.filter((one) => one[5] !== 'NA') : [];
  const sameCode = metadata.country_calling_codes[code] || [];
  const fields = {
    1: message({ 2: pattern, 9: lengths }),
    9: id,
    10: Number(code),
    11: idd,
    12: prefix,
    13: extension,
    15: parsing || prefix,
    16: transform,
    17: preferredIdd,
    18: types?.[mobile]?.[0] === '' ? 1 : null,
    19: all.map((one) => format(one, rule)),
    20: abroad.map((one) => format([one[0], one[5] || one[1], one[2]])),
    22: sameCode.length > 1 && sameCode[0] === id ? 1 : null,
    23: leading,
  };
  fieldOfType.forEach((field, type) => {
    fields[field] = typeOf(types, type, type === mobile ? examples[id] : null);
  });
  return message(fields);
}

console.log(`# Numbering plans of libphonenumber-js ${version} (npm), which are Google's.`);
for (const id of Object.keys(metadata.countries).sort()) {
  console.log(JSON.stringify(plan(id, metadata.countries[id])));
}
for (const country of Object.values(metadata.nonGeographic)) {
  console.log(JSON.stringify(plan('001', country)));
}
