// A chart of days, with the same figures in a table for whoever cannot or does not want to see it.
import uPlot from "uplot";
import { useEffect, useRef } from "preact/hooks";
import { language, number, shortDate, t } from "../app/words";

export type Day = { date: string; delivered: number; failed: number; pending: number };

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name);
const DAY_S = 86_400;
const HEIGHT = 200;

// Bars from the bottom up: delivered, then pending, then failed on top of each other.
function stacked(days: Day[]): uPlot.AlignedData {
  return [
    days.map((day) => Date.parse(day.date) / 1000),
    days.map((day) => day.delivered + day.pending + day.failed),
    days.map((day) => day.delivered + day.pending),
    days.map((day) => day.delivered),
  ];
}

const whole = (values: number[]) =>
  values.map((value) => (Number.isInteger(value) ? number(value) : ""));
const days = (seconds: number[]) => seconds.map((second) => shortDate(new Date(second * 1000)));

const bars = uPlot.paths.bars!({ size: [0.7, 40] });
const series = (name: string) => ({
  fill: colour(name),
  width: 0,
  paths: bars,
  points: { show: false },
});

function options(width: number): uPlot.Options {
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
    scales: {
      x: { range: (_, from, to) => [from - DAY_S / 2, to + DAY_S / 2] },
      y: { range: (_, __, most) => [0, Math.max(most * 1.1, 4)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 56,
        incrs: [DAY_S, 2 * DAY_S, 7 * DAY_S],
        values: (_, at) => days(at),
      },
      {
        ...axis,
        size: 56,
        values: (_, at) => whole(at),
      },
    ],
    series: [{}, series("--bad"), series("--still"), series("--accent")],
  };
}

export function VolumeChart({ days }: { days: Day[] }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      element.replaceChildren();
      return new uPlot(options(element.clientWidth), stacked(days), element);
    };
    let plot = draw();
    const resize = new ResizeObserver(() => {
      if (plot.width !== element.clientWidth && element.clientWidth > 0) {
        plot.setSize({ width: element.clientWidth, height: HEIGHT });
      }
    });
    resize.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const again = () => {
      plot.destroy();
      plot = draw();
    };
    scheme.addEventListener("change", again);
    return () => {
      resize.disconnect();
      scheme.removeEventListener("change", again);
      plot.destroy();
    };
  }, [days, language.value]);
  return (
    <figure class="chart">
      <div ref={place} class="plot" aria-hidden="true" />
      <p class="legend" aria-hidden="true">
        <span class="k accent">■</span> {t("Delivered")} <span class="k still">■</span>{" "}
        {t("On its way")} <span class="k bad">■</span> {t("Failed")}
      </p>
      <details>
        <summary>{t("The figures as a table")}</summary>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{t("Day")}</th>
              <th scope="col" class="end">
                {t("Delivered")}
              </th>
              <th scope="col" class="end">
                {t("On its way")}
              </th>
              <th scope="col" class="end">
                {t("Failed")}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map((day) => (
              <tr key={day.date}>
                <td>{shortDate(day.date)}</td>
                <td class="end">{number(day.delivered)}</td>
                <td class="end">{number(day.pending)}</td>
                <td class="end">{number(day.failed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
