/** The stage: map, charts, transport bar, log and table twin of one run or of a pair. */

import { Chart } from "./charts.js";
import { Clock } from "./clock.js";
import { Log } from "./log.js";
import { PeopleTable } from "./table.js";
import { PersonPanel } from "./person.js";
import { Store } from "./frames.js";
import { TownMap } from "./map.js";
import { Transport } from "./transport.js";
import { buildLegend } from "./legend.js";
import { chartTable } from "./table.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";
import { splitMonth } from "./frames.js";
import { throttled } from "./dom.js";
import { whenText } from "./charts.js";

const DEFAULTS = {
  fill: "", view: "map", charts: null, predict: null, frozen: false, projector: false,
  single: false, map: true, log: true, compact: false, actions: [],
};

/**
 * Return what a run's charts and legend are built from; another town may have other groups and lines.
 * @param {Object} setup
 * @returns {string}
 */
function shapeOf({ groups, charts, badges }) {
  return JSON.stringify([groups, charts.map(({ key, lines }) => [key, lines]), badges]);
}

/** All that is shown of one run or of a pair, and what visitors do with it. */
export class Stage {
  /**
   * @param {HTMLElement} host where it is put
   * @param {function(Object): void} send takes messages to the page
   */
  constructor(host, send) {
    this.send = send;
    this.element = make("div", { class: "k-stage", "data-month": "-1" });
    this.outer = make("div", { class: "k-stage-outer" }, this.element);
    host.append(this.outer);
    this.element.kindlingStage = this;
    this.stores = [];
    this.options = { ...DEFAULTS };
    this.dirty = false;
    this.drawn = "";
    this.sayAt = throttled((month) => this.send({ kind: "at", month }), 250);
    this.slow = throttled(() => this.#describe(), 900);
    this.watcher = new ResizeObserver(() => { this.sized = false; this.changed(); });
    this.watcher.observe(this.element);
    this.loop = (now) => this.#tick(now);
    this.gone = false;
  }

  /** Take the stage away. */
  destroy() {
    this.gone = true;
    this.watcher.disconnect();
    this.sayAt.cancel();
    this.slow.cancel();
    this.outer.remove();
  }

  /** Ask for a new picture with the next frame of the screen. */
  changed() {
    if (this.dirty || this.gone) return;
    this.dirty = true;
    requestAnimationFrame(this.loop);
  }

  /** The last month that all runs have. */
  get known() {
    return this.stores.length ? Math.min(...this.stores.map((store) => store.last)) : -1;
  }

  // ------------------------------------------------------------------ messages

  /**
   * Take a message from the page.
   * @param {Object} message
   * @param {(DataView|ArrayBuffer)[]} buffers
   */
  receive(message, buffers = []) {
    const { kind } = message;
    if (kind === "setup") this.#setUp(message);
    else if (kind === "options") this.setOptions(message.options ?? {});
    if (!this.clock) return;
    if (kind === "frames") this.#frames(message, buffers);
    else if (kind === "log") this.stores[message.run]?.log(message.entries);
    else if (kind === "drop") this.#drop(message);
    else if (kind === "go") this.go(message.month);
    else if (kind === "play") this.play();
    else if (kind === "pause") this.pause();
    else if (kind === "reveal") this.charts.forEach((chart) => chart.endPrediction());
    else if (kind === "problem") this.#problem(message.text);
    this.changed();
  }

  #setUp(message) {
    const runs = message.runs;
    this.words = message.words ?? runs[0].words;
    this.stores = runs.map((setup) => new Store(setup));
    this.months = Math.min(...runs.map((setup) => setup.months));
    const speed = this.clock ? this.clock.speed : "normal";
    this.clock = new Clock(this.months);
    this.clock.speed = speed;
    this.options = { ...DEFAULTS, ...message.options };
    if (message.month) this.clock.go(message.month, -1);
    this.split = -1;
    this.#build();
  }

  #frames(message, buffers) {
    const store = this.stores[message.run];
    if (!store) return;
    for (const buffer of buffers) store.putBatch(buffer);
    this.clock.forgetIfHere(this.known, message.months.length === 0);
    if (this.stores.length > 1) {
      const split = splitMonth(...this.stores);
      if (split !== this.split) {
        this.split = split;
        this.flagged = "";
      }
    }
    this.clock.arrive(this.known);
  }

  #drop(message) {
    const store = this.stores[message.run];
    if (!store) return;
    const before = shapeOf(store.setup);
    store.drop(message.after);
    if (message.setup) store.adopt(message.setup);
    this.months = Math.min(...this.stores.map((each) => each.setup.months));
    this.clock.cut(message.after, this.months);
    this.split = this.stores.length > 1 ? splitMonth(...this.stores) : -1;
    this.flagged = "";
    for (const map of this.maps) map.places = null;
    this.sized = false;
    if (shapeOf(store.setup) === before) return;
    const { view } = this;
    this.#build();
    this.#setView(view);
  }

  #problem(text) {
    this.pause();
    this.clock.goal = this.clock.month;
    this.clock.forget();
    this.notice.hidden = !text;
    setText(this.notice, text);
  }

  // ------------------------------------------------------------------- control

  /** Play from the playhead on. */
  play() {
    if (!this.clock || this.options.frozen || this.locked) return;
    this.notice.hidden = true;
    this.clock.play(performance.now());
    this.changed();
  }

  /** Stop at once. */
  pause() {
    if (!this.clock) return;
    this.clock.pause();
    this.changed();
  }

  /**
   * Move the playhead.
   * @param {number} month
   */
  go(month) {
    if (!this.clock) return;
    this.clock.pause();
    this.clock.go(month, this.known);
    this.changed();
  }

  /** Whether a question for a drawn line is open: the future stays hidden until it is answered. */
  get locked() {
    return Boolean(this.charts?.some((chart) => chart.sketch && !chart.kept));
  }

  /**
   * Change how things are shown.
   * @param {Object} options those that change
   */
  setOptions(options) {
    const before = this.options;
    this.options = { ...before, ...options };
    if (!this.clock) return;
    if (this.options.frozen) this.clock.pause();
    const rebuild = ["charts", "single", "map", "log", "compact", "projector"];
    if (rebuild.some((name) => JSON.stringify(before[name]) !== JSON.stringify(this.options[name]))) this.#build();
    else {
      if ("fill" in options) this.#setFill(this.options.fill);
      if ("view" in options) this.#setView(this.options.view);
      if ("predict" in options && options.predict !== before.predict) this.#startPredicting();
    }
    this.changed();
  }

  // ------------------------------------------------------------------ building

  #build() {
    const { options, words, stores } = this;
    const setup = stores[0].setup;
    const say = (key) => phrase(words, key);
    const changed = () => this.changed();
    this.picked = -1;
    this.element.className = ["k-stage", options.projector && "k-projector", stores.length > 1 && "k-pair", options.single && "k-single",
      options.compact && "k-compact", !options.map && "k-no-map"].filter(Boolean).join(" ");
    this.notice = make("p", { class: "k-stage-notice", role: "alert", hidden: true });
    this.maps = options.map ? stores.map((store, run) => new TownMap(store, words, { changed, pick: (node, keyboard) => this.#pick(run, node, keyboard) })) : [];
    this.tables = options.map ? stores.map((store) => new PeopleTable(store, words, changed)) : [];
    this.person = new PersonPanel(words, () => this.#pick(0, -1, true));
    const leave = () => this.transport.playing.focus();
    const wanted = options.charts ? setup.charts.filter((chart) => options.charts.includes(chart.key)) : setup.charts;
    this.charts = wanted.map((chart) => new Chart(chart, words, {
      changed, leave, predicted: (key, points) => { this.send({ kind: "predict", chart: key, points }); this.changed(); },
    }));
    this.transport = new Transport(words, this.#controls());
    this.transport.speed.value = this.clock.speed;
    this.log = new Log(words, { changed, send: (message) => this.send(message) });
    this.valueTable = make("div", { class: "k-table-scroll", tabindex: "0", role: "region", "aria-label": say("table.values"), hidden: true });
    this.badges = make("ul", { class: "k-badges", hidden: true });
    const main = make("div", { class: "k-stage-main" }, options.map ? this.#mapSection(say) : null, this.#chartSection(say));
    this.element.replaceChildren(this.notice, main, this.transport.element, options.log ? this.log.element : "");
    this.#setFill(options.fill);
    this.#setView(options.view);
    this.#startPredicting();
    this.sized = false;
    this.flagged = "";
    this.changed();
  }

  #mapSection(say) {
    const { setup } = this.stores[0];
    this.fill = make("select", { class: "k-stage-select", on: { change: () => this.#setFill(this.fill.value) } },
      ...setup.channels.map((channel) => make("option", { value: channel.key, text: channel.label })));
    const label = make("label", { class: "k-stage-label" }, make("span", { text: say("map.fill") }), this.fill);
    this.toggle = make("button", { type: "button", class: "k-stage-button", "aria-pressed": "false", text: say("view.table"),
      on: { click: () => this.#setView(this.view === "table" ? "map" : "table") } });
    this.legend = make("div");
    const figures = this.stores.map((store, run) => make("div", { class: "k-map-run" },
      this.stores.length > 1 ? make("h3", { class: "k-map-title", text: phrase(this.words, "pair.run", { label: store.setup.label, title: store.setup.title }) }) : null,
      this.maps[run].element, this.tables[run].element));
    return make("section", { class: "k-stage-maps", "aria-label": say("map.name") },
      make("div", { class: "k-stage-bar" }, make("h2", { text: say("map.title") }), label, this.toggle),
      make("div", { class: "k-map-runs" }, ...figures), this.legend, this.person.element);
  }

  #chartSection(say) {
    this.chooser = null;
    const bar = make("div", { class: "k-stage-bar" }, make("h2", { text: say("charts.title") }));
    if (this.options.single && this.charts.length > 1) {
      this.chooser = make("select", { class: "k-stage-select", "aria-label": say("charts.choose"), on: { change: () => this.#showSingle() } },
        ...this.charts.map((chart) => make("option", { value: chart.chart.key, text: chart.chart.title })));
      this.chooser.value = this.charts.some((chart) => chart.chart.key === this.singleChart) ? this.singleChart : this.charts[0].chart.key;
      const turn = (by) => () => {
        const here = this.charts.findIndex((chart) => chart.chart.key === this.chooser.value);
        this.chooser.value = this.charts[(here + by + this.charts.length) % this.charts.length].chart.key;
        this.#showSingle();
      };
      bar.append(this.chooser,
        make("button", { type: "button", class: "k-stage-button", text: say("charts.before"), on: { click: turn(-1) } }),
        make("button", { type: "button", class: "k-stage-button", text: say("charts.after"), on: { click: turn(1) } }));
    }
    bar.append(this.badges);
    this.grid = make("div", { class: "k-chart-grid" }, ...this.charts.map((chart) => chart.element));
    if (this.chooser) this.#showSingle();
    return make("section", { class: "k-stage-charts", "aria-label": say("charts.title") }, bar, this.grid, this.valueTable);
  }

  #showSingle() {
    this.singleChart = this.chooser.value;
    for (const chart of this.charts) chart.element.hidden = chart.chart.key !== this.singleChart;
    this.sized = false;
    this.changed();
  }

  #controls() {
    return {
      over: () => this.go(0),
      back: () => this.go(this.clock.month - 1),
      step: () => this.go(this.clock.month + 1),
      toggle: () => (this.clock.playing ? this.pause() : this.play()),
      speed: (name) => { this.clock.speed = name; },
      scrub: (month) => this.go(this.locked ? Math.min(month, this.clock.seen) : month),
    };
  }

  #setFill(key) {
    const { channels } = this.stores[0].setup;
    this.channel = Math.max(0, channels.findIndex((channel) => channel.key === key));
    if (!this.options.map) return;
    this.options.fill = channels[this.channel]?.key ?? "";
    this.fill.value = this.options.fill;
    const open = this.legend.querySelector("details")?.open ?? !this.options.compact;
    this.legend.replaceChildren(buildLegend(this.stores[0].setup, this.channel, this.words, this.options.projector, open));
    this.changed();
  }

  #setView(view) {
    this.view = view === "table" ? "table" : "map";
    this.options.view = this.view;
    const table = this.view === "table";
    for (const map of this.maps) map.element.hidden = table;
    for (const people of this.tables) people.element.hidden = !table;
    if (this.options.map) {
      this.legend.hidden = table;
      setAttribute(this.toggle, "aria-pressed", String(table));
    }
    this.valueTable.hidden = !table;
    this.sized = false;
    this.changed();
  }

  #startPredicting() {
    if (this.options.single && this.charts.length > 1 && this.charts.some((chart) => chart.chart.key === this.options.predict)) {
      this.chooser.value = this.options.predict;
      this.#showSingle();
    }
    for (const chart of this.charts) {
      if (chart.chart.key === this.options.predict) {
        if (Math.max(this.clock.month, this.clock.goal) > this.known) continue;
        chart.startPrediction(this.stores[0], this.clock.month, this.months);
      } else if (chart.sketch && !chart.kept) chart.dropPrediction();
    }
    this.asksPrediction = this.options.predict && !this.charts.some((chart) => chart.sketch);
    if (this.locked) this.clock.pause();
  }

  #pick(run, node, keyboard) {
    const before = { node: this.picked, run: this.pickedRun };
    this.picked = node;
    this.pickedRun = node >= 0 ? run : 0;
    this.maps.forEach((map) => { map.picked = node; });
    this.person.show(this.stores[this.pickedRun], node, this.clock.month);
    if (node >= 0 && keyboard) this.person.title.focus();
    if (node < 0 && before.node >= 0 && keyboard) this.maps[before.run ?? 0].frame.focus();
    if (before.node !== node) this.send({ kind: "person", id: node });
    this.changed();
  }

  // ------------------------------------------------------------------ painting

  #tick(now) {
    this.dirty = false;
    if (this.gone || !this.clock) return;
    const before = this.clock.month;
    this.clock.advance(now, this.known);
    const upto = this.clock.wants(this.known, now);
    if (upto >= 0) this.send({ kind: "want", upto, have: this.stores.map((store) => store.last) });
    this.#paint(this.clock.month !== before);
    if (this.clock.playing) this.changed();
  }

  #paint(moved) {
    if (!this.sized) this.#fit();
    const { month, playing } = this.clock;
    const moot = this.charts.some((chart) => chart.sketch && !chart.kept && chart.sketch.empty && chart.sketch.start.month !== month);
    if ((this.asksPrediction || moot) && this.known >= month) this.#startPredicting();
    const name = [month, this.clock.seen, this.channel, this.view, this.stores.map((store) => store.version)].join("|");
    const same = playing && name === this.drawn;
    this.drawn = name;
    const state = { month, months: this.months, known: this.known, goal: this.clock.goal, playing, frozen: this.options.frozen, locked: this.locked };
    const flagged = `${this.split}|${this.months}|${this.stores[0].version}`;
    if (flagged !== this.flagged && (!this.flagged || !playing)) {
      this.transport.layFlags(this.#events(), this.months, this.split);
      this.flagged = flagged;
    }
    this.transport.show(state);
    if (same || this.known < month) return;
    this.#drawAll(month, playing);
    this.log.show(this.stores, month, this.options.actions ?? [], moved || playing);
    this.slow();
    if (this.toldMonth !== month) {
      this.toldMonth = month;
      this.sayAt(month);
    }
    setAttribute(this.element, "data-month", String(month));
    performance.mark(`kindling:painted:${month}`);
  }

  #drawAll(month, playing) {
    if (this.view === "map") for (const map of this.maps) map.draw(month, this.channel);
    const font = this.options.projector ? 18 : 14;
    const shown = this.charts.filter((chart) => !chart.element.hidden);
    const width = Math.min(...shown.map((chart) => chart.width || 400));
    const about = this.stores.map((store) => `${store.setup.id}${JSON.stringify(store.setup.events.map((event) => [event.id, event.month, event.last]))}`).join();
    const measured = `${about}|${font}|${shown.length}|${shown[0]?.chart.key}`;
    if (measured !== this.measured) {
      this.measured = measured;
      this.wished = Math.max(40, ...shown.map((chart) => chart.wish(this.stores, font)));
    }
    const state = {
      stores: this.stores, month, seen: Math.max(this.clock.seen, month), months: this.months, events: this.#events(), split: this.split, font,
      strong: this.options.projector, right: Math.min(0.34 * width, this.wished), years: phrase(this.words, "charts.years"), playing,
      about,
    };
    for (const chart of shown) chart.draw(state);
    if (this.picked >= 0) this.person.show(this.stores[this.pickedRun], this.picked, month);
    this.#showBadges(month);
  }

  #events() {
    if (this.stores.length < 2) return this.stores[0].setup.events;
    const found = new Map();
    for (const store of this.stores) {
      for (const event of store.setup.events) {
        const name = `${event.id}|${event.month}`;
        const label = found.has(name) ? "" : store.setup.label;
        found.set(name, { ...event, label });
      }
    }
    return [...found.values()].map((event) => (event.label ? { ...event, title: phrase(this.words, "pair.only", { label: event.label, title: event.title }) } : event));
  }

  #showBadges(month) {
    const { badges = [] } = this.stores[0].setup;
    this.badges.hidden = badges.length === 0;
    const texts = badges.flatMap((badge) => this.stores.map((store) => {
      const value = store.frame(month)?.values[badge.value] ?? NaN;
      const word = Number.isFinite(value) ? badge.words[Math.min(badge.words.length - 1, Math.max(0, Math.round(value)))] : "–";
      const label = this.stores.length > 1 ? `${store.setup.label}: ${badge.label}` : badge.label;
      return { label, word, level: Number.isFinite(value) ? Math.round(value) : 0 };
    }));
    const name = JSON.stringify(texts);
    if (name === this.badged) return;
    this.badged = name;
    this.badges.replaceChildren(...texts.map(({ label, word, level }) => make("li", { class: `k-badge k-badge-${level}` },
      make("span", { text: label }), make("b", { text: word }))));
  }

  #describe() {
    if (this.gone || this.known < this.clock.month) return;
    const { month } = this.clock;
    const when = whenText(month, this.words);
    this.maps.forEach((map, run) => map.describe(when, this.stores.length > 1 ? this.stores[run].setup.label : ""));
    for (const chart of this.charts) chart.describe(this.stores, month);
    if (this.view !== "table") return;
    for (const people of this.tables) people.show(month);
    this.valueTable.replaceChildren(chartTable(this.charts.map((chart) => chart.chart), this.stores, month, this.words));
  }

  #fit() {
    this.sized = true;
    this.flagged = "";
    if (this.view === "map") for (const map of this.maps) map.resize(this.options.projector);
    for (const chart of this.charts) if (!chart.element.hidden) chart.resize();
    this.drawn = "";
  }
}
