// Recovery codes, which are shown once: for the day when the phone is gone.
import { useEffect, useState } from "preact/hooks";
import { t } from "../app/words";
import { CopyAll } from "../ui/basics";

export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => unknown }) {
  const text = codes.join("\n") + "\n";
  const [file, setFile] = useState<string>();
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    setFile(url);
    return () => URL.revokeObjectURL(url);
  }, [text]);
  return (
    <section class="recovery" aria-label={t("Recovery codes")}>
      <p>{t("Each of these opens once when your phone is not there. They are shown only now.")}</p>
      <ul class="plain code">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="buttons">
        <CopyAll text={text} />
        <a class="button" href={file} download="dundun-recovery-codes.txt">
          {t("Download")}
        </a>
      </div>
      <div class="buttons">
        <button type="button" class="main" onClick={() => void done()}>
          {t("I have kept them")}
        </button>
      </div>
    </section>
  );
}
