// Taking a second factor: the secret goes into an app, whose first code puts it into force. Loaded
// when it is needed: most people come here once.
import qrcode from "qrcode-generator";
import { useMemo, useState } from "preact/hooks";
import type { Schemas } from "../app/api";
import { useAction } from "../app/load";
import { t } from "../app/words";
import { Copy } from "../ui/basics";
import { Form, Submit } from "../ui/forms";
import { CodeField, plainCode } from "./code";

const MARGIN = 4; // modules of white around it, which readers want (ISO/IEC 18004)
const fours = (secret: string) => secret.match(/.{1,4}/g)!.join(" ");

function QrCode({ of }: { of: string }) {
  const { size, path } = useMemo(() => {
    const code = qrcode(0, "M");
    code.addData(of);
    code.make();
    const count = code.getModuleCount();
    let dark = "";
    for (let row = 0; row < count; ++row) {
      for (let column = 0; column < count; ++column) {
        if (code.isDark(row, column)) dark += `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`;
      }
    }
    return { size: count + 2 * MARGIN, path: dark };
  }, [of]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("QR code")}>
      <path d={path} />
    </svg>
  );
}

// `confirm` shows the API the first code; what it throws is shown.
export default function Enrolment({
  secret,
  uri,
  confirm,
}: Schemas["Enrolment"] & { confirm: (code: string) => Promise<void> }) {
  const [code, setCode] = useState("");
  const act = useAction(() => confirm(plainCode(code)));
  return (
    <Form onSend={() => act.run()} failure={act.failure} label={t("Take a second factor")}>
      <p>{t("Scan this with an authenticator app of your phone, or type the secret into it.")}</p>
      <QrCode of={uri} />
      <p>
        {t("Secret")} <Copy text={secret} shown={fours(secret)} />
      </p>
      <p>
        <a href={uri}>{t("Open it in an app on this device")}</a>
      </p>
      <CodeField value={code} set={setCode} failure={act.failure} paper={false} />
      <div class="buttons">
        <Submit busy={act.busy}>{t("Confirm")}</Submit>
      </div>
    </Form>
  );
}
