// "Firefox 140, Android" of the long line that browsers send; what it does not know stays as it is.
export function browserName(agent: string): string {
  const browser = /(Firefox|Edg|OPR|HeadlessChrome|Chrome|Version)\/(\d+)/.exec(agent);
  const system = /Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux/.exec(agent);
  if (!browser || !system) return agent;
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", Version: "Safari" };
  return `${names[browser[1]!] ?? browser[1]} ${browser[2]}, ${system[0]}`;
}
