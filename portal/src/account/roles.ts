// What people of an account may be.
import type { Words } from "made/words";
import type { OnceKey, Schemas } from "../app/api";
import type { Language } from "../app/words";

export type Role = Schemas["Role"];
export type OwnRole = "viewer" | "developer" | "owner";
export const OWN: OwnRole[] = ["viewer", "developer", "owner"];

export const ALL: Role[] = [...OWN, "admin"];

export const ROLES: Record<Role, Words> = {
  viewer: "Viewer: reads",
  developer: "Developer: sends, too",
  owner: "Owner: everything of the account",
  admin: "Administrator of the platform",
};

export type User = Schemas["AccountUser"];
export type Invitation = Schemas["Invitation"];
export type Invitee = { email: string; name: string; role: Role; language: Language };

// How somebody asks for the people of an account.
export type Ways = {
  roles: Role[]; // that this somebody may give
  list: () => Promise<{ users: User[] }>;
  change: (id: number, body: { role?: Role; is_active?: boolean }) => Promise<unknown>;
  reset: (id: number) => Promise<unknown>; // the second factor
  invite: (
    body: Invitee,
    header: ReturnType<OnceKey["of"]>,
  ) => Promise<{ invitation: Invitation | null }>;
  again: (id: number, body: { language: Language }) => Promise<{ invitation: Invitation }>;
};
