// Reads the one catalogue of words, portal/src/words/*.txt: a text a line, in all languages,
// between bars: English | French | Portuguese | Swahili. `#` begins a comment.
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const LANGUAGES = ["en", "fr", "pt", "sw"];
const folder = join(dirname(fileURLToPath(import.meta.url)), "src/words");
const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();

function parse(line, place) {
  const texts = line.split("|").map((text) => text.trim());
  if (texts.length !== LANGUAGES.length || texts.some((text) => text === "")) {
    throw new Error(`${place}: ${LANGUAGES.length} texts with | between them are wanted: ${line}`);
  }
  const entry = Object.fromEntries(LANGUAGES.map((language, index) => [language, texts[index]]));
  for (const language of LANGUAGES) {
    if (holes(entry[language]) !== holes(entry.en)) {
      throw new Error(
        `${place}: the ${language} text has other {holes} than the English one: ${line}`,
      );
    }
  }
  // "Open§verb" is a key of its own for a word with two meanings; what stands after § is not shown.
  return { ...entry, place };
}

// Entries in the order of their files. Throws, with the place, for a line that cannot be read, a
// text that lacks a language, other holes in a translation, and an English text that comes twice.
export async function readCatalogue() {
  const entries = new Map();
  const names = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  for (const name of names) {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n");
    lines.forEach((line, index) => {
      if (line.trim() === "" || line.startsWith("#")) return;
      const entry = parse(line, `portal/src/words/${name}:${index + 1}`);
      if (entries.has(entry.en)) {
        throw new Error(
          `${entry.place}: "${entry.en}" stands at ${entries.get(entry.en).place} too`,
        );
      }
      entries.set(entry.en, entry);
    });
  }
  return [...entries.values()];
}
