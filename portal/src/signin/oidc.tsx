// Coming back from the identity provider: what it handed the browser is given to the API, once.
import { useEffect, useState } from "preact/hooks";
import { api, Failure, must } from "../app/api";
import { useAction } from "../app/load";
import { go } from "../app/place";
import { signedIn, type Login } from "../app/session";
import { Frame } from "../app/signin";
import { t } from "../app/words";
import { Problem, Skeleton } from "../ui/basics";
import { halfOf, SecondStep, type Enrolment, type Half } from "./second-step";

export default function SignedIn() {
  const [half, setHalf] = useState<Half>();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const enter = (login: Login) => {
    signedIn(login);
    go("/", true);
  };
  const finish = useAction(async () => {
    const asked = new URLSearchParams(location.search);
    const [state, code] = [asked.get("state"), asked.get("code")];
    history.replaceState(null, "", "/signed-in");
    if (!state || !code) throw new Failure(0, "not_signed_in", "");
    try {
      enter(await must(api.POST("/auth/login/oidc", { body: { state, code } })));
    } catch (thrown) {
      const second = halfOf(thrown);
      if (!second) throw thrown;
      setHalf(second);
    }
  });
  useEffect(() => void finish.run(), []);
  const back = () => go("/", true);
  return (
    <Frame title="Dundun">
      {half ? (
        <SecondStep
          half={half}
          enter={enter}
          late={back}
          back={back}
          kept={enrolment}
          keep={setEnrolment}
        />
      ) : (
        <>
          {finish.busy && <Skeleton lines={2} />}
          <Problem failure={finish.failure} />
          {finish.failure && (
            <p>
              <a href="/">{t("Sign in")}</a>
            </p>
          )}
        </>
      )}
    </Frame>
  );
}
