// The text as the first people of the list will get it.
import { api, must } from "../app/api";
import { useLoad } from "../app/load";
import { t } from "../app/words";

const SAMPLES = 3;
type Contact = { phone: string; name: string; data: Record<string, string> };
// Variables are found without regard to case, spaces and underscores, as the API finds them.
const plain = (name: string) => name.toLowerCase().replace(/[\s_]/g, "");

export function rendered(text: string, contact: Contact): string {
  const values = new Map(Object.entries(contact.data).map(([name, value]) => [plain(name), value]));
  values.set("phone", contact.phone);
  if (contact.name) values.set("name", contact.name);
  return text.replace(
    /\{\{([^{}|]+)(?:\|([^{}]*))?\}\}/g,
    (_, name: string, other = "") => values.get(plain(name)) || other,
  );
}

export function Samples({ lists, text }: { lists: number[]; text: string }) {
  const first = lists[0];
  const people = useLoad(
    async () =>
      first === undefined
        ? []
        : (
            await must(
              api.GET("/contact-lists/{id}/contacts", {
                params: { path: { id: first as never }, query: { limit: SAMPLES } },
              }),
            )
          ).contacts,
    [first],
  );
  if (!people.data?.length || !text.includes("{{")) return null;
  return (
    <div class="samples">
      <h3>{t("As the first will read it")}</h3>
      <ul>
        {people.data.map((contact) => (
          <li key={contact.id} dir="auto">
            <span class="code quiet">{contact.phone}</span> {rendered(text, contact as Contact)}
          </li>
        ))}
      </ul>
    </div>
  );
}
