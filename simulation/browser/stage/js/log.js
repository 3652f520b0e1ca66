/** The log: what just happened, and why. */

import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setText } from "./dom.js";
import { throttled } from "./dom.js";
import { visibleEntries } from "./facts.js";
import { whenText } from "./when.js";

const KINDS = ["", "event", "change", "leader", "badge"];
const SHOWN = 40;

/** The list of what happened up to the playhead, the latest first. */
export class Log {
  /**
   * @param {Object} words
   * @param {{send: Function, changed: Function}} hooks
   */
  constructor(words, hooks) {
    this.words = words;
    this.hooks = hooks;
    this.limit = SHOWN;
    this.kind = make("select", { class: "k-stage-select", "aria-label": phrase(words, "log.filter"), on: { change: () => this.#again() } },
      ...KINDS.map((kind) => make("option", { value: kind, text: phrase(words, `log.kind.${kind || "all"}`) })));
    this.list = make("ol", { class: "k-log-list", tabindex: "0", "aria-label": phrase(words, "log.name") });
    this.empty = make("p", { class: "k-log-empty", text: phrase(words, "log.empty") });
    this.more = make("button", { type: "button", class: "k-stage-button", hidden: true, text: phrase(words, "log.more"),
      on: { click: () => { this.limit += 200; this.#again(); } } });
    this.live = make("div", { class: "k-hidden", "aria-live": "polite" });
    this.say = throttled((text) => setText(this.live, text), 2500);
    this.element = make("section", { class: "k-log", "aria-label": phrase(words, "log.name") },
      make("div", { class: "k-stage-bar" }, make("h2", { text: phrase(words, "log.name") }), this.kind),
      this.empty, this.list, this.more, this.live);
    this.shown = "";
    this.lines = new Map();
    this.made = "";
  }

  #again() {
    this.shown = "";
    this.hooks.changed();
  }

  /**
   * Show the lines up to a month.
   * @param {Store[]} stores
   * @param {number} month
   * @param {string[]} actions which buttons lines have
   * @param {boolean} moved whether the playhead moved on, so that the newest line is read aloud
   */
  show(stores, month, actions, moved) {
    const visible = visibleEntries(stores, month, this.kind.value, this.limit + 1);
    const course = `${actions.join()}|${stores.map((store) => `${store.setup.id}.${store.course}`).join()}`;
    if (course !== this.made) {
      this.made = course;
      this.lines.clear();
    }
    const lines = visible.slice(0, this.limit).map(({ run, entry }) => this.#kept(stores, run, entry, actions));
    const same = lines.length === this.list.children.length && lines.every((line, k) => line === this.list.children[k]);
    this.more.hidden = visible.length <= this.limit;
    this.empty.hidden = visible.length > 0;
    if (same && this.shown) return;
    this.shown = course;
    this.list.replaceChildren(...lines);
    if (moved && visible.length && visible[0].entry.month === month) this.say(`${whenText(month, this.words)}: ${visible[0].entry.text}`);
  }

  /** A line is made once: moving to and fro costs no more than putting it in its place. */
  #kept(stores, run, entry, actions) {
    const name = `${run}|${entry.month}|${entry.kind}|${entry.text}`;
    if (!this.lines.has(name)) this.lines.set(name, this.#line(stores, run, entry, actions));
    return this.lines.get(name);
  }

  #line(stores, run, entry, actions) {
    const who = stores.length > 1 ? (run < 0 ? phrase(this.words, "pair.both") : stores[run].setup.label) : "";
    const buttons = [];
    const send = (kind, extra) => () => this.hooks.send({ kind, ...extra });
    const button = (key, listener) => make("button", { type: "button", class: "k-log-action", text: phrase(this.words, `log.${key}`),
      "aria-label": phrase(this.words, `log.${key}_name`, { text: entry.text }), on: { click: listener } });
    const event = entry.event && stores[Math.max(run, 0)].setup.events.find((each) => each.id === entry.event);
    if (event && event.own && actions.includes("undo")) buttons.push(button("undo", send("undo", { event: entry.event })));
    if (event && actions.includes("without")) buttons.push(button("without", send("without", { event: entry.event })));
    if (entry.value && actions.includes("why")) buttons.push(button("ask_why", send("why", { month: entry.month, value: entry.value })));
    return make("li", { class: `k-log-line k-log-${entry.kind}` },
      make("span", { class: "k-log-when", text: whenText(entry.month, this.words) }),
      make("span", { class: "k-log-text" },
        who ? make("b", { class: "k-log-run", text: who }) : null,
        make("span", { text: entry.text }),
        entry.why ? make("span", { class: "k-log-why", text: entry.why }) : null),
      buttons.length ? make("span", { class: "k-log-actions" }, ...buttons) : null);
  }
}
