/** The stage: map, charts, transport bar, log and table twin of one run or of a pair. */

import { ChartSide } from "./chartside.js";
import { Clock } from "./clock.js";
import { Log } from "./log.js";
import { MapSide } from "./mapside.js";
import { Store } from "./frames.js";
import { Transport } from "./transport.js";
import { eventsOf } from "./pair.js";
import { fitToWindow } from "./fitting.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";
import { shapeOf } from "./pair.js";
import { splitMonth } from "./frames.js";
import { throttled } from "./dom.js";
import { whenText } from "./when.js";

const DEFAULTS = {
  fill: "", view: "map", charts: null, predict: null, frozen: false, projector: false,
  single: false, map: true, log: true, compact: false, actions: [],
};
/** Milliseconds after a picture until months are asked for that come after it. */
const BREATH = 80;

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
    this.turn = 0;
    this.sayAt = throttled((at) => this.send({ kind: "at", ...at }), 250);
    this.slow = throttled(() => setTimeout(() => this.#describe(), 0), 900);
    this.resized = () => { this.sized = false; this.changed(); };
    this.watcher = new ResizeObserver(this.resized);
    this.watcher.observe(this.element);
    window.addEventListener("resize", this.resized);
    this.loop = (now) => this.#tick(now);
    this.gone = false;
  }

  /** Take the stage away. */
  destroy() {
    this.gone = true;
    this.watcher.disconnect();
    window.removeEventListener("resize", this.resized);
    this.charts?.leave();
    this.sayAt.cancel();
    this.slow.cancel();
    clearTimeout(this.ahead);
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
    else if (kind === "go") {
      this.turn = message.turn ?? this.turn;
      this.go(message.month);
    }
    else if (kind === "play") this.play();
    else if (kind === "pause") this.pause();
    else if (kind === "reveal") this.charts.charts.forEach((chart) => chart.asking.end());
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
    if (this.stores.length > 1) this.split = splitMonth(...this.stores);
    this.clock.arrive(this.known);
  }

  #drop(message) {
    const store = this.stores[message.run];
    if (!store) return;
    const before = shapeOf(store.setup);
    const { title } = store.setup;
    store.drop(message.after);
    if (message.setup) store.adopt(message.setup);
    if (store.setup.title !== title) this.charts.forget();
    this.months = Math.min(...this.stores.map((each) => each.setup.months));
    this.clock.cut(message.after, this.months);
    this.split = this.stores.length > 1 ? splitMonth(...this.stores) : -1;
    this.map?.maps.forEach((map) => map.forget());
    this.sized = false;
    if (shapeOf(store.setup) !== before) this.#build();
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

  /** Whether a question for a drawn line is open: what comes after it stays hidden until it is answered. */
  get locked() {
    return this.charts?.asked >= 0;
  }

  /** The last month that may be looked at. */
  get seen() {
    return this.locked ? this.charts.asked : Math.max(this.clock.seen, this.clock.month);
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
      if (this.map) this.map.options = this.options;
      if ("titles" in options) this.map?.nameRuns();
      if ("fill" in options) this.map?.setFill(this.options.fill);
      if ("view" in options) this.map?.setView(this.options.view);
      if ("predict" in options && options.predict !== before.predict) this.#startPredicting();
    }
    this.changed();
  }

  // ------------------------------------------------------------------ building

  #build() {
    const { options, words, stores, resized } = this;
    const changed = () => this.changed();
    const send = (message) => this.send(message);
    this.charts?.leave();
    this.element.className = ["k-stage", options.projector && "k-projector", stores.length > 1 && "k-pair", options.single && "k-single",
      options.compact && "k-compact", !options.map && "k-no-map"].filter(Boolean).join(" ");
    this.notice = make("p", { class: "k-stage-notice", role: "alert", hidden: true });
    this.map = options.map ? new MapSide(stores, words, options, { changed, send, resized }) : null;
    const predicted = (chart, points) => { send({ kind: "predict", chart, points }); this.resized(); };
    this.charts = new ChartSide(stores, words, options, { changed, resized, predicted, leave: () => this.transport.playing.focus() }, this.charts?.single);
    this.transport = new Transport(words, this.#controls(), resized);
    this.transport.speed.value = this.clock.speed;
    this.log = new Log(words, { changed, send });
    this.main = make("div", { class: "k-stage-main" }, this.map?.element ?? null, this.charts.element);
    this.element.replaceChildren(this.notice, this.main, this.transport.element, options.log ? this.log.element : "");
    this.map?.setFill(options.fill);
    this.map?.setView(options.view);
    this.#startPredicting();
    this.resized();
  }

  #controls() {
    const go = (month) => this.go(this.locked ? Math.min(month, this.charts.asked) : month);
    return {
      over: () => go(0),
      back: () => go(this.clock.month - 1),
      step: () => go(this.clock.month + 1),
      toggle: () => (this.clock.playing ? this.pause() : this.play()),
      speed: (name) => { this.clock.speed = name; },
      scrub: go,
    };
  }

  #startPredicting() {
    const { month, goal } = this.clock;
    const key = this.options.predict;
    this.waiting = Boolean(key) && Math.max(month, goal) > this.known;
    if (this.waiting) return;
    this.charts.ask(key, month, this.months);
    if (this.locked) this.clock.pause();
  }

  // ------------------------------------------------------------------ painting

  #tick(now) {
    this.dirty = false;
    if (this.gone || !this.clock) return;
    const before = this.clock.month;
    this.clock.advance(now, this.known);
    this.#ask(now);
    this.#paint(this.clock.month !== before);
    if (this.clock.playing) this.changed();
  }

  #ask(now, ahead) {
    const upto = this.clock.wants(this.known, now, ahead);
    if (upto >= 0) this.send({ kind: "want", upto, have: this.stores.map((store) => store.last) });
  }

  /** Ask for the months to come once this one is on the screen, so that a step shows at once. */
  #askAhead() {
    this.ahead ??= setTimeout(() => {
      this.ahead = null;
      if (!this.gone) this.#ask(performance.now(), true);
    }, BREATH);
  }

  #paint(moved) {
    if (!this.sized) this.#fit();
    const { month, playing, goal } = this.clock;
    const beyond = this.locked && month > this.charts.asked;
    if ((this.waiting || beyond) && this.known >= month) this.#startPredicting();
    const { seen } = this;
    const split = this.split <= seen ? this.split : -1;
    const about = this.stores.map((store) => `${store.setup.id}.${store.course}`).join();
    const name = [month, seen, this.map?.channel, this.map?.view, this.stores.map((store) => store.version)].join("|");
    const same = playing && name === this.drawn;
    this.drawn = name;
    this.transport.layFlags(`${about}|${this.months}|${split}`, () => eventsOf(this.stores, this.words), this.months, split);
    this.transport.show({ month, months: this.months, known: this.known, goal, playing, frozen: this.options.frozen, asked: this.charts.askedTitle });
    if (same || this.known < month) return;
    this.map?.draw(month);
    this.charts.draw({
      stores: this.stores, month, seen, months: this.months, events: this.transport.events, split, font: this.options.projector ? 18 : 14,
      strong: this.options.projector, years: phrase(this.words, "charts.years"), playing, about,
    });
    this.log.show(this.stores, month, this.options.actions ?? [], moved || playing);
    this.slow();
    const at = { month, goal, playing };
    const told = JSON.stringify(at);
    if (this.told !== told) {
      this.told = told;
      this.sayAt({ ...at, turn: this.turn });
    }
    setAttribute(this.element, "data-month", String(month));
    performance.mark(`kindling:painted:${month}`);
    this.#askAhead();
  }

  #describe() {
    if (this.gone || !this.clock || this.known < this.clock.month) return;
    const { month } = this.clock;
    this.map?.describe(month, whenText(month, this.words));
    this.charts.describe(month, this.view === "table");
  }

  /** What is shown, "map" or "table". */
  get view() {
    return this.map?.view ?? this.options.view;
  }

  #fit() {
    this.sized = true;
    this.charts.valueTable.hidden = this.view !== "table";
    const { single, compact, map } = this.options;
    const chart = this.charts.charts.find(({ element }) => !element.hidden);
    if (single && compact && map && chart) {
      const sides = this.map.maps.map(({ frame }) => ({ section: this.map.element, part: frame, below: this.map.legend }));
      fitToWindow(this.main, this.transport.element, [...sides, { section: this.charts.element, part: chart.plot, below: chart.asking.ask }]);
    }
    this.map?.fit();
    this.charts.fit();
    this.transport.fit();
    this.drawn = "";
  }
}
