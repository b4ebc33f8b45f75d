// What is around every screen: the rail, the bar above, and what can be called from anywhere.
import { lazyScreen } from "./screen";
import { go, place } from "./place";
import { OUTSIDE, RAIL, belongsTo, screenOf } from "./routes";
import { api } from "./api";
import { Bell } from "./bell";
import { Help, Search, helpOpen, searchOpen, useKeys } from "./keys";
import { liveState } from "./live";
import { actIn, balance, environment, me, may, noAnswer } from "./session";
import { NoAnswer, SignIn, SignInAgain } from "./signin";
import { money, t } from "./words";
import { signal } from "@preact/signals";
import { ShowFactor } from "../signin/code";
import { Empty, Head } from "../ui/basics";
import { Sign } from "../ui/signs";

const moreOpen = signal(false);
const PHONE_ENTRIES = ["/", "/send", "/logs", "/inbox"];

const entries = () => RAIL.filter((entry) => !entry.needs || may.value[entry.needs]);

function Rail() {
  const path = place.value.path;
  return (
    <nav class="rail" aria-label={t("Main menu")}>
      <a class="brand" href="/">
        Dundun
      </a>
      {entries().map((entry) => (
        <a
          key={entry.href}
          href={entry.href}
          aria-current={belongsTo(entry, path) ? "page" : undefined}
        >
          <Sign of={entry.sign} />
          {t(entry.name)}
        </a>
      ))}
    </nav>
  );
}

function BottomBar() {
  const path = place.value.path;
  const some = entries().filter((entry) => PHONE_ENTRIES.includes(entry.href));
  const others = entries().filter((entry) => !PHONE_ENTRIES.includes(entry.href));
  return (
    <nav class="bottom" aria-label={t("Main menu")}>
      {moreOpen.value && (
        <div class="more" id="more">
          {others.map((entry) => (
            <a key={entry.href} href={entry.href} onClick={() => (moreOpen.value = false)}>
              <Sign of={entry.sign} />
              {t(entry.name)}
            </a>
          ))}
        </div>
      )}
      {some.map((entry) => (
        <a
          key={entry.href}
          href={entry.href}
          onClick={() => (moreOpen.value = false)}
          aria-current={belongsTo(entry, path) ? "page" : undefined}
        >
          <Sign of={entry.sign} />
          {t(entry.name)}
        </a>
      ))}
      <button
        type="button"
        aria-expanded={moreOpen.value}
        aria-controls="more"
        onClick={() => (moreOpen.value = !moreOpen.value)}
      >
        <Sign of="more" />
        {t("More")}
      </button>
    </nav>
  );
}

// Says so when what is shown may be old.
function LiveSign() {
  const open = liveState.value === "open";
  const waiting = liveState.value === "waiting";
  return (
    <span class={`live ${open ? "good" : "still"}`} role="status">
      <span aria-hidden="true">{open ? "●" : "○"}</span>
      <span class={waiting ? "" : "word"}>
        {open ? t("Live§sign") : waiting ? t("Offline") : t("Connecting")}
      </span>
    </span>
  );
}

function EnvironmentSwitch() {
  const test = environment.value === "test";
  return (
    <button
      type="button"
      role="switch"
      aria-checked={test}
      class="switch"
      title={t("Tests reach nobody and cost play money")}
      onClick={() => actIn(test ? "live" : "test")}
    >
      <span class="knob" aria-hidden="true" />
      {t("Test mode")}
    </button>
  );
}

async function signOut() {
  await api.POST("/auth/logout").catch(() => null);
  me.value = null;
  go("/");
  location.reload();
}

function TopBar() {
  return (
    <header class="top">
      <button
        type="button"
        class="search"
        aria-label={t("Search")}
        onClick={() => (searchOpen.value = true)}
      >
        <Sign of="search" /> <span class="word">{t("Search")}</span> <kbd aria-hidden="true">/</kbd>
      </button>
      <LiveSign />
      <span class="room" />
      {balance.value && (
        <a class="balance number" href="/balance" title={t("Balance")}>
          {money(balance.value.amount, balance.value.currency)}
        </a>
      )}
      <EnvironmentSwitch />
      <Bell />
      <details class="who" key={place.value.path}>
        <summary aria-label={t("Your menu")}>
          {(me.value!.user.name || me.value!.user.email).slice(0, 1)}
        </summary>
        <div class="menu">
          <p>
            <strong dir="auto">{me.value!.user.name}</strong>
            <br />
            {me.value!.user.email}
            <br />
            <span class="quiet" dir="auto">
              {me.value!.account.name}
            </span>
          </p>
          <a href="/profile">{t("Profile")}</a>
          <button type="button" onClick={() => (helpOpen.value = true)}>
            {t("Keys of the keyboard")}
          </button>
          <a href="/docs/">{t("Documentation")}</a>
          <button type="button" onClick={() => void signOut()}>
            {t("Sign out")}
          </button>
        </div>
      </details>
    </header>
  );
}

function Content() {
  const found = screenOf(place.value.path);
  if (!found) {
    return (
      <>
        <Head title={t("Nothing is here")} />
        <Empty title={t("This address leads nowhere.")}>
          <a class="button" href="/">
            {t("Overview")}
          </a>
        </Empty>
      </>
    );
  }
  if (found.screen.needs && !may.value[found.screen.needs]) {
    return (
      <>
        <Head title={t("Not for your role")} />
        <Empty title={t("Your role does not allow this. Ask an owner of the account.")} />
      </>
    );
  }
  const Screen = lazyScreen(found.screen);
  return <Screen id={found.id} />;
}

export function Page() {
  useKeys();
  const outside = screenOf(place.value.path, OUTSIDE);
  if (outside) {
    const Screen = lazyScreen(outside.screen);
    return <Screen />;
  }
  if (!me.value) return noAnswer.value ? <NoAnswer /> : <SignIn />;
  return (
    <div class="shell" key={environment.value}>
      <a class="skip" href="#content">
        {t("Skip to the content")}
      </a>
      <Rail />
      <div class="middle">
        <TopBar />
        {environment.value === "test" && (
          <p class="testing">{t("Test mode: nothing here reaches anybody or costs real money.")}</p>
        )}
        <main id="content">
          <Content />
        </main>
      </div>
      <BottomBar />
      <Search />
      <Help />
      <ShowFactor />
      <SignInAgain />
    </div>
  );
}
