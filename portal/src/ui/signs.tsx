// The signs of the rail and the bell: lines on a grid of 24, in the colour of the text beside them.
const PATHS = {
  overview: "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
  send: "M3 11.5 21 3l-5 18-4.5-7.5zM11.5 13.5 21 3",
  logs: "M4 6h16M4 12h16M4 18h10",
  campaigns: "M4 10v4h3l8 5V5L7 10zM18.5 9a4 4 0 0 1 0 6",
  contacts:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5a3 3 0 0 1 0 6",
  inbox: "M3 6h18v12H3zM3 7l9 7 9-7",
  developers: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14",
  account: "M3 7h15v12H3zM3 7l12-3v3M14 13h6",
  platform:
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v4M12 17v4M3 12h4M17 12h4M6 6l3 3M15 15l3 3M18 6l-3 3M9 15l-3 3",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 20.5a2 2 0 0 0 4 0",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  done: "M4 13l5 5L20 6",
  more: "M4 11h2v2H4zM11 11h2v2h-2zM18 11h2v2h-2z",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 21 21",
};
export type SignName = keyof typeof PATHS;

export function Sign({ of }: { of: SignName }) {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[of]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
