// Tables first: a row is a line, and on a phone a card. Their roles are said, because a table that
// is laid out as cards is none for a reader of the screen otherwise.
import type { ComponentChildren } from "preact";
import { go, place, withQuery } from "../app/place";
import { t } from "../app/words";

export type Column<Row> = {
  head: string;
  cell: (row: Row) => ComponentChildren;
  end?: boolean; // numbers, aligned right
  wide?: boolean; // takes what is left, and is cut at one line
};

export function Table<Row>({
  name,
  rows,
  columns,
  id,
  href,
  current,
}: {
  name: string;
  rows: Row[];
  columns: Column<Row>[];
  id: (row: Row) => string | number;
  href?: (row: Row) => string; // the first cell links there, and so does a click on the row
  current?: string | number;
}) {
  const kind = (column: Column<Row>) =>
    [column.end && "end", column.wide && "rest"].filter(Boolean).join(" ");
  const open = (event: MouseEvent, row: Row) => {
    if (!href || (event.target as Element).closest("a, button, input, select, label")) return;
    if (getSelection()?.toString()) return; // somebody who copies a text opens nothing
    go(href(row));
  };
  if (rows.length === 0) return <p class="quiet">{t("There is none.")}</p>;
  return (
    <table role="table" aria-label={name}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.head} role="columnheader" scope="col" class={kind(column)}>
              {column.head || <span class="unseen">{t("Actions")}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr
            key={id(row)}
            role="row"
            class={href ? "opens" : ""}
            onClick={(event) => open(event, row)}
            aria-current={current !== undefined && current === id(row) ? "true" : undefined}
          >
            {columns.map((column, index) => (
              <td key={column.head} role="cell" class={kind(column)} data-head={column.head}>
                {href && index === 0 ? (
                  <a href={href(row)}>{column.cell(row)}</a>
                ) : (
                  <div class="cell">{column.cell(row)}</div>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Older and newer, by `after`: the page holds one page of a list, however long that is.
// `forward`: the list does not begin with what is newest.
export function Pages({ next, forward }: { next?: string | number | null; forward?: true }) {
  const after = place.value.query.get("after");
  if (!after && !next) return null;
  return (
    <nav class="pages" aria-label={t("Pages")}>
      {after && (
        <a class="button" href={withQuery({ after: "" })}>
          {forward ? t("First page") : t("Newest")}
        </a>
      )}
      {next && (
        <a class="button" href={withQuery({ after: String(next) })}>
          {forward ? t("Next page") : t("Older")}
        </a>
      )}
    </nav>
  );
}

// The id to go on after, if a full page came.
export function nextAfter<Row>(rows: Row[], limit: number, id: (row: Row) => string | number) {
  const last = rows.at(-1);
  return rows.length === limit && last !== undefined ? id(last) : null;
}

// What stands beside a list and tells of one of its rows. The address says which, so closing it is
// going back to the list.
export function Drawer({
  title,
  back,
  children,
}: {
  title: ComponentChildren;
  back: string;
  children: ComponentChildren;
}) {
  return (
    <aside
      class="drawer"
      aria-label={t("Details")}
      onKeyDown={(event) => event.key === "Escape" && go(back)}
    >
      <header>
        <h2>{title}</h2>
        <a class="icon button" href={back} aria-label={t("Close")}>
          ✕
        </a>
      </header>
      <div class="body">{children}</div>
    </aside>
  );
}
