// To whom: lists, a file that becomes a list, pasted numbers.
import { useState } from "preact/hooks";
import { api, must, type Failure } from "../app/api";
import { useLoad } from "../app/load";
import { number, t } from "../app/words";
import { Loaded } from "../ui/basics";
import { Dialog, Field } from "../ui/forms";
import { Uploader } from "../contacts/uploader";

export type Chosen = { lists: number[]; pasted: string };
const LISTS_SHOWN = 100;

export function Recipients({
  chosen,
  onChange,
  failure,
}: {
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
  failure: Failure | undefined;
}) {
  const [uploading, setUploading] = useState(false);
  const lists = useLoad(
    () => must(api.GET("/contact-lists", { params: { query: { limit: LISTS_SHOWN } } })),
    [],
  );
  const toggle = (id: number, on: boolean) =>
    onChange({
      ...chosen,
      lists: on ? [...chosen.lists, id] : chosen.lists.filter((one) => one !== id),
    });
  return (
    <>
      <Loaded of={lists} lines={2}>
        {(data) => (
          <div class="choices" role="group" aria-label={t("Contact lists")}>
            {data.lists.map((list) => (
              <label key={list.id}>
                <input
                  type="checkbox"
                  checked={chosen.lists.includes(list.id)}
                  onChange={(event) => toggle(list.id, event.currentTarget.checked)}
                />
                <span dir="auto">{list.name}</span>{" "}
                <span class="quiet number">{number(list.count)}</span>
              </label>
            ))}
            <button type="button" onClick={() => setUploading(true)}>
              {t("Upload a file")}
            </button>
          </div>
        )}
      </Loaded>
      <Field
        label={t("Pasted numbers")}
        hint={t("One a line, or with commas between")}
        name="recipients"
        failure={failure}
      >
        <textarea
          rows={2}
          value={chosen.pasted}
          onInput={(event) => onChange({ ...chosen, pasted: event.currentTarget.value })}
        />
      </Field>
      {uploading && (
        <Dialog wide title={t("Upload a file")} onClose={() => setUploading(false)}>
          <Uploader
            onDone={(made) => {
              void lists.reload();
              onChange({ ...chosen, lists: [...chosen.lists, made.id] });
            }}
          />
          <div class="buttons">
            <button type="button" class="main" onClick={() => setUploading(false)}>
              {t("Go on")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
