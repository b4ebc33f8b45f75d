// Uploading a file of contacts. fetch tells nothing of how far an upload is; the older way does.
import { Failure, randomKey, type Schemas } from "../app/api";
import { csrf, environment, sessionEnded } from "../app/session";
import type { paths } from "made/api";

export type Uploaded =
  paths["/contact-lists"]["post"]["responses"]["200"]["content"]["application/json"];
export type ContactList = Schemas["ContactList"];

export const LARGEST_BYTES = 64 * 1024 * 1024; // as nginx and the API take it

function attempt(
  form: FormData,
  key: string,
  onProgress: (part: number) => void,
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/contact-lists");
    request.setRequestHeader("X-CSRF-Token", csrf.value);
    request.setRequestHeader("Idempotency-Key", key);
    if (environment.value === "test") request.setRequestHeader("X-Environment", "test");
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / Math.max(total, 1));
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Failure(0, "offline", ""));
    request.send(form);
  });
}

export async function upload(
  file: File,
  name: string,
  onProgress: (part: number) => void,
): Promise<Uploaded> {
  if (file.size > LARGEST_BYTES) throw new Failure(413, "file_too_large", "");
  const form = new FormData();
  form.set("file", file);
  if (name) form.set("name", name);
  const key = randomKey();
  let request = await attempt(form, key, onProgress);
  if (request.status === 401 && (await sessionEnded()))
    request = await attempt(form, key, onProgress);
  const body = JSON.parse(request.responseText || "{}");
  if (request.status === 200) return body as Uploaded;
  throw new Failure(
    request.status,
    body.error?.code ?? "internal_error",
    body.error?.message ?? "",
    {},
    body.error?.request_id ?? "",
  );
}
