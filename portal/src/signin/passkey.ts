// What the browser does with passkeys (WebAuthn): bytes are base64url to the API, and buffers to
// it. Not by the browser's own toJSON(), which older Safari and Chrome have not.
import { api, Failure, must, type Schemas } from "../app/api";
import type { Login } from "../app/session";

export const knowsPasskeys = () => "credentials" in navigator && "PublicKeyCredential" in window;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

const listed = (known: Schemas["Credential"][]) =>
  known.map(({ id, transports }) => ({
    type: "public-key" as const,
    id: bytes(id),
    transports: transports as AuthenticatorTransport[],
  }));

// Whoever closes the browser's dialog, or waits too long, or has no passkey: the browser does not
// say which.
async function asked(work: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return (await work) as PublicKeyCredential;
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : "";
    if (name === "InvalidStateError") throw new Failure(0, "passkey_known", "");
    if (name === "SecurityError") throw new Failure(0, "passkey_elsewhere", "");
    throw new Failure(0, "passkey_not_shown", "");
  }
}

async function make(options: Schemas["CreationOptions"]): Promise<Schemas["NewCredential"]> {
  const made = await asked(
    navigator.credentials.create({
      publicKey: {
        ...(options as unknown as PublicKeyCredentialCreationOptions),
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: listed(options.excludeCredentials),
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function show(options: Schemas["RequestOptions"]): Promise<Schemas["ShownCredential"]> {
  const shown = await asked(
    navigator.credentials.get({
      publicKey: {
        ...(options as unknown as PublicKeyCredentialRequestOptions),
        challenge: bytes(options.challenge),
        allowCredentials: listed(options.allowCredentials),
      },
    }),
  );
  const response = shown.response as AuthenticatorAssertionResponse;
  return {
    id: shown.id,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle && { userHandle: text(response.userHandle) }),
    },
  };
}

// With the token of a password the passkey is the second step; without one it is all.
export async function loginByPasskey(token?: string): Promise<Login> {
  const half = token ? { login_token: token } : {};
  const options = await must(api.POST("/auth/login/passkey/options", { body: half }));
  const credential = await show(options.public_key);
  return must(api.POST("/auth/login/passkey", { body: { ...half, credential } }));
}

export async function enrolByPasskey(token: string, name: string): Promise<Login> {
  const half = { login_token: token };
  const options = await must(api.POST("/auth/login/enrol/passkey/options", { body: half }));
  const credential = await make(options.public_key);
  return must(api.POST("/auth/login/enrol/passkey", { body: { ...half, name, credential } }));
}

export async function addPasskey(password: string, name: string): Promise<Schemas["NewPasskey"]> {
  const body = { current_password: password };
  const options = await must(api.POST("/auth/passkeys/options", { body }));
  const credential = await make(options.public_key);
  return must(api.POST("/auth/passkeys", { body: { name, credential } }));
}

export async function showPasskeyAgain() {
  const options = await must(api.POST("/auth/second-factor/passkey/options"));
  const credential = await show(options.public_key);
  await must(api.POST("/auth/second-factor/passkey", { body: { credential } }));
}
