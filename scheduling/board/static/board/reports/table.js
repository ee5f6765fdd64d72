/** A report as a table that scrolls in itself, its rows and columns with headings. */

import { h, newId } from "../html.js";

/** @typedef {import("../html.js").Child} Child */
/** @typedef {{name: string, words: string, tell: (row: any) => string}} Key a heading of rows,
 *   by the name of what it tells of them */
/** @typedef {{words: string, tell: (row: any) => Child | Child[], hint?: string, over?: string}} Column
 *   `over` is what it has in common with its neighbors */

/**
 * @param {object} told
 * @param {string} told.caption
 * @param {Key[]} told.keys one, or two of which the first comes once for all its rows
 * @param {Column[]} told.columns
 * @param {any[]} told.rows
 * @param {any} [told.total] all of them together, as a row
 */
export function tableOf({ caption, keys, columns, rows, total }) {
  const id = newId();
  const isPlain = columns.every((each) => !each.over);
  return h("div", { class: "scrolls", role: "region", tabindex: 0, "aria-labelledby": id },
    h("table", {},
      h("caption", { id }, h("span", {}, caption)),
      h("thead", {},
        !isPlain && h("tr", {}, h("td", { colspan: keys.length }), ...overs(columns)),
        h("tr", {}, ...keys.map((key) => h("th", { scope: "col", class: "of-rows" }, key.words)), ...columns.map(headOf))),
      ...bodies(keys, columns, rows),
      total && rows.length > 1 && h("tfoot", {}, h("tr", {},
        h("th", { scope: "row", colspan: keys.length }, "Together"),
        ...columns.map((each) => h("td", {}, ...[each.tell(total)].flat()))))));
}

/** @param {Column} column */
const headOf = ({ words, hint }) =>
  h("th", { scope: "col" }, words, hint && h("span", { class: "hint" }, hint));

/** One heading above each run of columns that have it in common. @param {Column[]} columns */
function overs(columns) {
  const firsts = columns.filter((each, index) => index === 0 || each.over !== columns[index - 1].over);
  return firsts.map(({ over }) => {
    const colspan = columns.filter((each) => each.over === over).length;
    return over ? h("th", { scope: "colgroup", colspan }, over) : h("td", { colspan });
  });
}

/** The rows; with two keys, those of each of the first are a group under its name.
 *  @param {Key[]} keys @param {Column[]} columns @param {any[]} rows */
function bodies(keys, columns, rows) {
  const group = keys.length > 1 ? keys[0] : undefined;
  const others = group ? keys.slice(1) : keys;
  const line = (/** @type {any} */ row, /** @type {Child} */ first) => h("tr", {}, first,
    ...others.map((key) => h("th", { scope: "row", class: `of-${key.name}` }, key.tell(row))),
    ...columns.map((each) => h("td", {}, ...[each.tell(row)].flat())));
  if (!group) return [h("tbody", {}, ...rows.map((row) => line(row, null)))];
  const same = (/** @type {any} */ row) => JSON.stringify(row[group.name]);
  return [...new Set(rows.map(same))].map((one) => {
    const members = rows.filter((row) => same(row) === one);
    const head = h("th", { scope: "rowgroup", rowspan: members.length }, group.tell(members[0]));
    return h("tbody", {}, ...members.map((row, index) => line(row, index === 0 && head)));
  });
}

/** Rows added up by these names. @param {any[]} rows @param {string[]} names */
export function sumOf(rows, names) {
  const sum = (/** @type {string} */ name) => rows.reduce((all, row) => all + row[name], 0);
  return Object.fromEntries(names.map((name) => [name, sum(name)]));
}
