// How a text falls into segments, which characters make it dear, and the cheaper wording.
import { useEffect, useState } from "preact/hooks";
import { api } from "../app/api";
import { useSettled } from "../app/load";
import { money, number, t, tn } from "../app/words";

const SETTLE_MS = 250;

async function ask(text: string, to?: string) {
  const first = await api.POST("/messages/preview", { body: to ? { text, to } : { text } });
  // A number that is still being typed: the text alone.
  return (
    first.data ?? (to ? (await api.POST("/messages/preview", { body: { text } })).data : undefined)
  );
}
export type Preview = NonNullable<Awaited<ReturnType<typeof ask>>>;

export function usePreview(text: string, to?: string): Preview | undefined {
  const [preview, setPreview] = useState<Preview>();
  const settled = useSettled(`${to ?? ""}\n${text}`, SETTLE_MS);
  useEffect(() => {
    if (text.trim() === "") return setPreview(undefined);
    let late = false;
    void ask(text, to).then(
      (answer) => !late && setPreview(answer),
      () => undefined,
    );
    return () => void (late = true);
  }, [settled]);
  return text.trim() === "" ? undefined : preview;
}

// The text with what forces UCS-2 marked. Positions count characters, as the API does.
function Marked({ text, preview }: { text: string; preview: Preview }) {
  const dear = new Set(preview.ucs2_characters.flatMap(({ positions }) => positions));
  const pieces: { text: string; dear: boolean }[] = [];
  [...text].forEach((character, index) => {
    const last = pieces.at(-1);
    if (last && last.dear === dear.has(index)) last.text += character;
    else pieces.push({ text: character, dear: dear.has(index) });
  });
  return (
    <p class="marked" dir="auto">
      {pieces.map((piece, index) =>
        piece.dear ? (
          <mark key={index} title={t("This character makes the text dearer")}>
            {piece.text}
          </mark>
        ) : (
          <span key={index}>{piece.text}</span>
        ),
      )}
    </p>
  );
}

export function Segments({
  text,
  preview,
  onReplace,
}: {
  text: string;
  preview: Preview | undefined;
  onReplace: (text: string) => void;
}) {
  if (!preview) return <p class="segments quiet">{t("0 segments")}</p>;
  const { substitute, saving, currency } = preview;
  return (
    <div class="segments">
      <p role="status">
        <strong>{tn("{n} segment", "{n} segments", preview.segments)}</strong>
        {" · "}
        {preview.encoding} · {t("{n} left in the last", { n: preview.remaining })}
      </p>
      {preview.ucs2_characters.length > 0 && (
        <>
          <p>
            {t(
              "Marked characters need the dearer encoding UCS-2: 70 characters a segment instead of 160.",
            )}
          </p>
          <Marked text={text} preview={preview} />
        </>
      )}
      {substitute && (
        <button type="button" onClick={() => onReplace(substitute.text)}>
          {saving && currency
            ? t("Use plain characters: {n} segments, saves {saving}", {
                n: number(substitute.segments),
                saving: money(saving, currency),
              })
            : t("Use plain characters: {n} segments", { n: number(substitute.segments) })}
        </button>
      )}
    </div>
  );
}
