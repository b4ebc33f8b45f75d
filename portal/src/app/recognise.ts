// Asks who is signed in.
import { api, must, type Failure } from "./api";
import { csrf, me, noAnswer } from "./session";

const NOBODY = [401, 403];

// Sets `me`, or `noAnswer` if it cannot be told now: somebody who is signed in is not to be asked
// for their password because a server is busy.
export async function recognise(): Promise<void> {
  try {
    const { user, ...rest } = await must(api.GET("/auth/me"));
    if (user) {
      csrf.value = rest.csrf_token ?? "";
      me.value = { ...rest, user };
    }
    noAnswer.value = null;
  } catch (thrown) {
    const failure = thrown as Failure;
    noAnswer.value = NOBODY.includes(failure.status) ? null : failure;
  }
}
