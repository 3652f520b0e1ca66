/** The side of the stage with the town: maps or tables of people, legend, and who was picked. */

import { PeopleTable } from "./table.js";
import { PersonPanel } from "./person.js";
import { TownMap } from "./map.js";
import { View } from "./zoom.js";
import { buildLegend } from "./legend.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";

/** Height of a window in which the list of marks is open from the start: in lower ones it would lie under the bar. */
const TALL = 1150;

/** Maps of one run or of a pair. */
export class MapSide {
  /**
   * @param {Store[]} stores
   * @param {Object} words
   * @param {Object} options of the stage
   * @param {{changed: Function, send: Function, resized: Function}} hooks
   */
  constructor(stores, words, options, hooks) {
    Object.assign(this, { stores, words, options, hooks });
    this.picked = -1;
    this.pickedRun = 0;
    this.month = 0;
    const view = new View();
    const say = (key) => phrase(words, key);
    this.maps = stores.map((store, run) => new TownMap(store, words, { changed: hooks.changed, pick: (node, keyboard) => this.pick(run, node, keyboard) }, view));
    this.tables = stores.map((store) => new PeopleTable(store, words, hooks.changed));
    this.person = new PersonPanel(words, () => this.pick(0, -1, true));
    this.fill = make("select", { class: "k-stage-select", on: { change: () => this.setFill(this.fill.value) } },
      ...stores[0].setup.channels.map((channel) => make("option", { value: channel.key, text: channel.label })));
    this.toggle = make("button", { type: "button", class: "k-stage-button", "aria-pressed": "false", text: say("view.table"),
      on: { click: () => this.setView(this.view === "table" ? "map" : "table") } });
    this.legend = make("div");
    this.element = make("section", { class: "k-stage-maps", "aria-label": say("map.name") },
      make("div", { class: "k-stage-bar" }, make("h2", { text: say("map.title") }),
        make("label", { class: "k-stage-label" }, make("span", { text: say("map.fill") }), this.fill), this.toggle),
      make("div", { class: "k-map-runs" }, ...stores.map((store, run) => this.#figure(store, run))), this.legend, this.person.element);
  }

  #figure(store, run) {
    const title = this.stores.length > 1 ? make("h3", { class: "k-map-title", text: this.#called(run) }) : null;
    return make("div", { class: "k-map-run" }, title, this.maps[run].element, this.tables[run].element);
  }

  #called(run) {
    const { label, title } = this.stores[run].setup;
    return phrase(this.words, "pair.run", { label, title: this.options.titles?.[run] ?? title });
  }

  /** Name the runs of a pair anew. */
  nameRuns() {
    this.element.querySelectorAll(".k-map-title").forEach((title, run) => setText(title, this.#called(run)));
  }

  /**
   * Choose what fills the shapes.
   * @param {string} key of a channel
   */
  setFill(key) {
    const { channels } = this.stores[0].setup;
    this.channel = Math.max(0, channels.findIndex((channel) => channel.key === key));
    this.options.fill = channels[this.channel]?.key ?? "";
    this.fill.value = this.options.fill;
    const open = this.legend.querySelector("details")?.open ?? (!this.options.compact && window.innerHeight >= TALL);
    this.legend.replaceChildren(buildLegend(this.stores[0].setup, this.channel, this.words, this.options.projector, open));
    this.hooks.changed();
  }

  /**
   * Show maps or tables.
   * @param {string} view "map" or "table"
   */
  setView(view) {
    this.view = view === "table" ? "table" : "map";
    this.options.view = this.view;
    const table = this.view === "table";
    for (const map of this.maps) map.element.hidden = table;
    for (const people of this.tables) people.element.hidden = !table;
    this.legend.hidden = table;
    setAttribute(this.toggle, "aria-pressed", String(table));
    this.hooks.resized();
  }

  /**
   * Open a person, or close the panel.
   * @param {number} run
   * @param {number} node −1 for nobody
   * @param {boolean} keyboard whether the focus follows
   */
  pick(run, node, keyboard) {
    const before = { node: this.picked, run: this.pickedRun };
    this.picked = node;
    this.pickedRun = node >= 0 ? run : 0;
    this.maps.forEach((map) => { map.picked = node; });
    this.person.show(this.stores[this.pickedRun], node, this.month);
    if (node >= 0 && keyboard) this.person.title.focus();
    if (node < 0 && before.node >= 0 && keyboard) this.maps[before.run].frame.focus();
    if (before.node !== node) this.hooks.send({ kind: "person", id: node });
    this.hooks.changed();
  }

  /** Fit the maps to their places on the page. */
  fit() {
    if (this.view === "map") for (const map of this.maps) map.resize(this.options.projector);
  }

  /**
   * Draw a month.
   * @param {number} month
   */
  draw(month) {
    this.month = month;
    if (this.view === "map") for (const map of this.maps) map.draw(month, this.channel);
    if (this.picked >= 0) this.person.show(this.stores[this.pickedRun], this.picked, month);
  }

  /**
   * Say in words what is shown.
   * @param {number} month
   * @param {string} when the month in words
   */
  describe(month, when) {
    this.maps.forEach((map, run) => map.describe(when, this.stores.length > 1 ? this.stores[run].setup.label : ""));
    if (this.view === "table") for (const people of this.tables) people.show(month);
  }
}
