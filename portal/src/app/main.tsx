// Where the page begins: the language, then who is signed in, then the screen of the address.
import { render } from "preact";
import { effect } from "@preact/signals";
import { api } from "./api";
import { startLive, stopLive } from "./live";
import { followLinks, place } from "./place";
import { screenOf } from "./routes";
import { balance, environment, me } from "./session";
import { Page } from "./shell";
import { recognise } from "./recognise";
import { firstLanguage, number, speak } from "./words";

async function begin() {
  // The code of what will be shown comes while it is asked who is there; if it does not, the
  // screen says so.
  screenOf(place.value.path)
    ?.screen.load()
    .catch(() => null);
  // A language whose words do not come is no reason to show nothing: it is English then.
  const ready = Promise.all([speak(firstLanguage()).catch(() => null), recognise()]);
  // The first number that is written makes the browser read its data of all languages, which takes
  // as long as all else that is done here: so while the answers are on their way.
  number(0);
  await ready;
  followLinks();
  const app = document.getElementById("app")!;
  app.replaceChildren(); // what those read for whom the page does not come (portal/build.mjs)
  render(<Page />, app);
}

// A socket while somebody is signed in, and another when they change the environment.
effect(() => {
  if (!me.value || !environment.value) return stopLive();
  startLive();
  void showBalance();
});

// Of the environment that is acted in; live events keep it up to date.
async function showBalance() {
  const { data } = await api.GET("/balance").catch(() => ({ data: undefined }));
  if (data) balance.value = { amount: data.balance, currency: data.currency };
}

void begin();
