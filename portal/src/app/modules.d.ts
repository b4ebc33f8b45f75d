// What the bundler brings that TypeScript does not know.
declare module "words:*" {
  const texts: Record<string, string>;
  export default texts;
}
declare module "*/live-events.js" {
  export type LiveEvent = Record<string, unknown> & { type: string };
  export class LiveEvents {
    constructor(options: { url: string; token?: () => Promise<string>; events?: string[] });
    on(type: "state", handler: (state: "connecting" | "open" | "waiting") => void): () => void;
    on(type: string, handler: (event: LiveEvent) => void): () => void;
    start(): void;
    stop(): void;
  }
}
