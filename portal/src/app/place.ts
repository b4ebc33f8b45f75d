// Where the page is: the address is the state of what is shown. Links are plain links; a click on
// one of ours changes the address without loading the page.
import { signal } from "@preact/signals";

export type Place = { path: string; query: URLSearchParams };

const read = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
});

export const place = signal<Place>(read());

export function go(href: string, replace = false) {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  place.value = read();
}

// The address of the same path with some of its query changed; "" takes one away. A new filter
// begins with the newest.
export function withQuery(changes: Record<string, string>, path = place.value.path): string {
  const query = new URLSearchParams(place.value.query);
  if (!("after" in changes)) query.delete("after");
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return path + (text ? `?${text}` : "");
}

const OTHERS = /^\/(docs|api|v1|openapi\.json|licences\.txt|pay)(\/|$)/;

export function followLinks() {
  addEventListener("popstate", () => (place.value = read()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.("a[href]") as HTMLAnchorElement | null;
    if (!link || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || OTHERS.test(link.pathname)) return;
    if (link.getAttribute("href")!.startsWith("#")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
