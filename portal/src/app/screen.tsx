// A screen's code is loaded when it is first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Empty, Skeleton } from "../ui/basics";
import type { Screen, ScreenProps } from "./routes";
import { speakWhole, t } from "./words";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;
const shown = new Map<Load<any>, ComponentType<any>>();
const parts = new Map<string, ComponentType<ScreenProps>>();

export function lazyScreen(screen: Screen): ComponentType<ScreenProps> {
  // "/logs" and "/logs/:id" are one screen, which stays as it is while its drawer opens.
  const key = screen.load.toString();
  const known = parts.get(key);
  if (known) return known;
  const part = (props: ScreenProps) => <Lazy load={screen.load} first={screen.first} {...props} />;
  parts.set(key, part);
  return part;
}

// A part of a screen whose code is loaded when it is first shown. To be called once a part.
export function lazyPart<P extends object>(load: Load<P>): ComponentType<P> {
  return (props: P) => <Lazy load={load} {...props} />;
}

function Lazy({ load, first, ...props }: { load: Load<any>; first?: true }) {
  const [Part, setPart] = useState<ComponentType<any> | undefined>(() => shown.get(load));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (Part) return;
    Promise.all([load(), first ? undefined : speakWhole()]).then(
      ([loaded]) => {
        shown.set(load, loaded.default);
        setPart(() => loaded.default);
      },
      () => setFailed(true),
    );
  }, []);
  if (Part) return <Part {...props} />;
  if (!failed) return <Skeleton lines={8} />;
  return (
    <Empty title={t("This part could not be loaded. There may be a newer version of the page.")}>
      <button type="button" onClick={() => location.reload()}>
        {t("Load the page again")}
      </button>
    </Empty>
  );
}
