// What people of an account may be.
import type { Words } from "made/words";
import type { Schemas } from "../app/api";

export type OwnRole = "viewer" | "developer" | "owner";
export const OWN: OwnRole[] = ["viewer", "developer", "owner"];

export const ROLES: Record<Schemas["Role"], Words> = {
  viewer: "Viewer: reads",
  developer: "Developer: sends, too",
  owner: "Owner: everything of the account",
  admin: "Administrator of the platform",
};
