/** The table twin: everybody on the map, and every line of the charts, as real tables. */

import { CONNECTOR } from "./encode.js";
import { INSTITUTION } from "./encode.js";
import { PRESENT } from "./encode.js";
import { RESIDENT } from "./encode.js";
import { LEADER } from "./encode.js";
import { STEWARD } from "./encode.js";
import { flagsOf } from "./facts.js";
import { formatValue } from "./encode.js";
import { groupOf } from "./encode.js";
import { levelOf } from "./encode.js";
import { make } from "./dom.js";
import { marksOf } from "./facts.js";
import { nameOf } from "./facts.js";
import { numbersOf } from "./lines.js";
import { phrase } from "./dom.js";
import { roleOf } from "./facts.js";
import { speaksOf } from "./encode.js";
import { whenText } from "./when.js";

export const ROWS = 100;

/**
 * Return the nodes that a table shows.
 * @param {Store} store
 * @param {number} month
 * @param {string} role "", "resident", "connector", "institution", "leader" or "steward"
 * @param {string} group number of a group as text; "" for all
 * @returns {number[]} those who are there
 */
export function chosenNodes(store, month, role, group) {
  const { nodes } = store.setup;
  const roles = { resident: RESIDENT, connector: CONNECTOR, institution: INSTITUTION };
  const bits = { leader: LEADER, steward: STEWARD };
  const found = [];
  for (let k = 0; k < store.count; k += 1) {
    const flags = flagsOf(store, k, month);
    if (!(flags & PRESENT)) continue;
    if (role in roles && nodes.role[k] !== roles[role]) continue;
    if (role in bits && !(flags & bits[role])) continue;
    if (group !== "" && groupOf(store.setup, k, flags) !== Number(group)) continue;
    found.push(k);
  }
  return found;
}

/** The table of people of one run. */
export class PeopleTable {
  /**
   * @param {Store} store
   * @param {Object} words
   * @param {Function} changed asks to paint
   */
  constructor(store, words, changed) {
    this.store = store;
    this.words = words;
    this.page = 0;
    const reset = () => { this.page = 0; changed(); };
    const say = (key, values) => phrase(words, key, values);
    const option = (value, text) => make("option", { value, text });
    this.role = make("select", { class: "k-stage-select", "aria-label": say("table.role"), on: { change: reset } },
      option("", say("table.everyone")), ...["resident", "connector", "institution", "leader", "steward"].map((name) => option(name, say(`table.only.${name}`))));
    this.group = make("select", { class: "k-stage-select", "aria-label": say("table.group"), on: { change: reset } },
      option("", say("table.all_groups")), ...store.setup.groups.map((name, g) => option(String(g), name)));
    const turn = (by) => () => { this.page += by; changed(); };
    this.before = make("button", { type: "button", class: "k-stage-button", text: say("table.before"), on: { click: turn(-1) } });
    this.after = make("button", { type: "button", class: "k-stage-button", text: say("table.after"), on: { click: turn(1) } });
    this.count = make("span", { class: "k-table-count", role: "status" });
    this.caption = make("caption");
    const heads = [say("table.who"), say("table.what"), say("table.in_group"), ...store.setup.channels.map((channel) => channel.label), say("table.marks")];
    this.body = make("tbody");
    this.table = make("table", { class: "k-stage-table" }, this.caption,
      make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col", text })))), this.body);
    this.element = make("div", { class: "k-people" },
      make("div", { class: "k-stage-bar" }, this.role, this.group, this.before, this.after, this.count),
      make("div", { class: "k-table-scroll", tabindex: "0", role: "region", "aria-label": say("table.people") }, this.table));
    this.shown = "";
  }

  /**
   * Show a month.
   * @param {number} month
   */
  show(month) {
    const name = [month, this.store.version, this.role.value, this.group.value, this.page].join("|");
    if (name === this.shown) return;
    this.shown = name;
    const nodes = chosenNodes(this.store, month, this.role.value, this.group.value);
    const pages = Math.max(1, Math.ceil(nodes.length / ROWS));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const first = this.page * ROWS;
    const rows = nodes.slice(first, first + ROWS);
    this.before.disabled = this.page === 0;
    this.after.disabled = this.page === pages - 1;
    this.before.hidden = this.after.hidden = pages === 1;
    this.count.textContent = phrase(this.words, "table.count", { first: rows.length ? first + 1 : 0, last: first + rows.length, n: nodes.length });
    this.caption.textContent = phrase(this.words, "table.caption", { when: whenText(month, this.words), label: this.store.setup.title });
    const frame = this.store.frame(month);
    this.body.replaceChildren(...rows.map((node) => this.#row(node, frame)));
  }

  #row(node, frame) {
    const { store, words } = this;
    const group = groupOf(store.setup, node, frame.flags[node]);
    const channels = store.setup.channels.map((channel, c) => {
      if (!speaksOf(store.setup, c, node)) return make("td", { text: "–" });
      const byte = frame.channels[c][node];
      return make("td", { text: `${Math.round((100 * byte) / 255)} (${phrase(words, `level.${levelOf(byte)}`)})` });
    });
    return make("tr", {},
      make("th", { scope: "row", text: nameOf(store, node, words) }),
      make("td", { text: roleOf(store, node, words) }),
      make("td", { text: group >= 0 ? store.setup.groups[group] : "–" }),
      ...channels,
      make("td", { text: marksOf(frame.flags[node], words).join(", ") || "–" }));
  }
}

/**
 * Return the lines of all charts at a month, as rows of a table.
 * @param {Object[]} charts
 * @param {Store[]} stores
 * @param {number} month
 * @returns {{chart: string, line: string, values: string[]}[]}
 */
export function chartRows(charts, stores, month) {
  return charts.flatMap((chart) => chart.lines.map((line) => ({
    chart: chart.title,
    line: chart.lines.length > 1 ? line.label : "",
    values: stores.map((store) => numbersOf(store, chart, line)).flatMap((numbers) => [numbers[0], numbers[month]]).map((value) => formatValue(value, chart.unit)),
  })));
}

/**
 * Build the table of the charts' values.
 * @param {Object[]} charts
 * @param {Store[]} stores
 * @param {number} month
 * @param {Object} words
 * @returns {HTMLElement}
 */
export function chartTable(charts, stores, month, words) {
  const when = whenText(month, words);
  const heads = [phrase(words, "table.chart"), ...stores.flatMap((store) => {
    const label = stores.length > 1 ? `${store.setup.label}: ` : "";
    return [label + phrase(words, "when.start"), label + when];
  })];
  const rows = chartRows(charts, stores, month).map((row) => make("tr", {},
    make("th", { scope: "row", text: row.line ? `${row.chart}: ${row.line}` : row.chart }),
    ...row.values.map((text) => make("td", { class: "k-number", text }))));
  return make("table", { class: "k-stage-table" }, make("caption", { text: phrase(words, "table.values") }),
    make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col", text })))), make("tbody", {}, ...rows));
}
