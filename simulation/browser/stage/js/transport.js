/** The transport bar: start over, back, play and pause, step, speed, and a ruler with flags. */

import { SPEEDS } from "./clock.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";
import { whenText } from "./when.js";

const ICONS = {
  over: "M5 4h2.5v12H5zM17 4v12l-8.5-6z",
  back: "M14 4v12l-9-6z",
  play: "M5 3l12 7-12 7z",
  pause: "M5 3h4v14H5zM11 3h4v14h-4z",
  step: "M6 4l9 6-9 6z",
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

/**
 * Return in which row each flag stands so that no label covers another.
 * @param {{from: number, to: number}[]} labels where each begins and ends, from left to right
 * @param {number} rows how many rows there are
 * @returns {number[]} −1 for a label that has no room
 */
export function flagRows(labels, rows) {
  const free = new Array(rows).fill(-Infinity);
  return labels.map(({ from, to }) => {
    const row = free.findIndex((edge) => edge <= from);
    if (row >= 0) free[row] = to;
    return row;
  });
}

/** A button that is switched off keeps the focus, so that nobody who uses the keyboard is lost. */
function switchOff(button, off) {
  setAttribute(button, "aria-disabled", off ? "true" : null);
}

function unlessOff(hook) {
  return (event) => {
    if (event.currentTarget.getAttribute("aria-disabled") !== "true") hook();
  };
}

/** The bar. */
export class Transport {
  /**
   * @param {Object} words
   * @param {Object} hooks over, back, toggle, step, speed, scrub
   * @param {Function} resized called when the ruler has another width, or the bar another height
   */
  constructor(words, hooks, resized) {
    this.words = words;
    this.hooks = hooks;
    this.events = [];
    const button = (name, hook) => make("button", {
      type: "button", class: `k-stage-button k-transport-${name}`, title: phrase(words, `transport.${name}`),
      "aria-label": phrase(words, `transport.${name}`), on: { click: unlessOff(hook) },
    }, icon(name));
    this.over = button("over", () => hooks.over());
    this.back = button("back", () => hooks.back());
    this.playing = make("button", { type: "button", class: "k-stage-button k-stage-main-button k-transport-play", on: { click: unlessOff(() => hooks.toggle()) } });
    this.step = button("step", () => hooks.step());
    this.speed = make("select", { class: "k-stage-select", "aria-label": phrase(words, "transport.speed"), on: { change: () => hooks.speed(this.speed.value) } },
      ...Object.keys(SPEEDS).map((name) => make("option", { value: name, text: phrase(words, `speed.${name}`) })));
    this.speed.value = "normal";
    this.when = make("output", { class: "k-transport-when" });
    this.status = make("span", { class: "k-transport-status", role: "status" });
    this.status.id = `k-transport-status-${Math.random().toString(36).slice(2, 8)}`;
    for (const each of [this.playing, this.step]) each.setAttribute("aria-describedby", this.status.id);
    this.ruler = make("input", { type: "range", class: "k-ruler", min: "0", max: "1", step: "1", value: "0",
      "aria-label": phrase(words, "transport.ruler"), on: { input: () => hooks.scrub(Number(this.ruler.value)) } });
    this.flags = make("div", { class: "k-flags", "aria-hidden": "true" });
    this.track = make("div", { class: "k-ruler-track" }, this.flags, this.ruler);
    this.element = make("section", { class: "k-transport", "aria-label": phrase(words, "transport.name") },
      make("div", { class: "k-transport-buttons" }, this.over, this.back, this.playing, this.step, this.speed, this.when, this.status),
      this.track);
    this.shown = null;
    this.#showPlaying(false, false);
    const watcher = new ResizeObserver(resized);
    for (const each of [this.track, this.element]) watcher.observe(each);
  }

  #showPlaying(playing, ended) {
    const name = playing ? "pause" : "play";
    const key = ended && !playing ? "again" : name;
    if (this.shown === key) return;
    this.shown = key;
    this.playing.replaceChildren(icon(name), make("span", { text: phrase(this.words, `transport.${key}`) }));
  }

  /**
   * Lay the flags of events and the mark where paths split, if they or the ruler are others than before.
   * @param {string} name another one for other flags
   * @param {function(): Object[]} events
   * @param {number} months
   * @param {number} split month, −1 for none
   */
  layFlags(name, events, months, split) {
    if (name === this.laid) return;
    this.laid = name;
    this.events = events();
    this.#lay(months, split);
    this.again = () => this.#lay(months, split);
  }

  /** Fit the flags to the ruler. */
  fit() {
    if (this.again && this.track.clientWidth !== this.width) this.again();
  }

  #lay(months, split) {
    const { events } = this;
    const width = this.track.clientWidth || 600;
    this.width = this.track.clientWidth;
    const inset = 10;
    const at = (month) => inset + ((width - 2 * inset) * month) / Math.max(1, months);
    const shown = events.filter((event) => event.month <= months).map((event) => ({ month: event.month, title: event.title, own: event.own }));
    if (split >= 0) shown.push({ month: split, title: phrase(this.words, "pair.split"), split: true });
    shown.sort((one, two) => one.month - two.month || Number(Boolean(two.split)) - Number(Boolean(one.split)));
    const style = getComputedStyle(this.element);
    const font = parseFloat(style.fontSize) || 15;
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = `650 ${font * 0.94}px ${style.fontFamily}`;
    const boxes = shown.map((flag) => {
      const wide = Math.min(width * 0.75, ruler.measureText(flag.title).width + 14);
      const x = at(flag.month);
      const left = x + wide > width;
      return left ? { from: Math.max(0, x - wide), to: x + 4, left } : { from: x, to: x + wide, left };
    });
    const rows = flagRows(boxes, split >= 0 ? 3 : 2);
    const used = Math.max(-1, ...rows) + 1;
    const tall = Math.round(font * 1.35);
    this.flags.style.height = `${Math.max(1, used) * tall + 4}px`;
    this.flags.replaceChildren(...shown.map((flag, k) => {
      const pole = make("span", { class: `k-flag${flag.split ? " k-flag-split" : ""}${flag.own ? " k-flag-own" : ""}` });
      const row = rows[k];
      pole.style.left = `${at(flag.month)}px`;
      pole.style.height = `${row < 0 ? 8 : (row + 1) * tall}px`;
      if (row >= 0) {
        const text = make("span", { class: `k-flag-text${boxes[k].left ? " k-flag-left" : ""}`, text: flag.title });
        text.style.maxWidth = `${boxes[k].to - boxes[k].from}px`;
        pole.append(text);
      }
      return pole;
    }));
  }

  /**
   * Show where the playhead is.
   * @param {Object} state month, months, known, goal, playing, frozen, asked (title of the chart on which a line is asked for, or "")
   */
  show(state) {
    const { month, months, playing, asked } = state;
    const ended = month >= months;
    const place = String(state.goal > state.known && !playing ? state.goal : month);
    const waiting = state.goal > state.known || (playing && state.known <= month && !ended);
    const name = [place, month, months, playing, asked, state.frozen, waiting && state.known, this.laid].join("|");
    if (name === this.told && this.ruler.value === place) return;
    this.told = name;
    this.#showPlaying(playing, ended);
    this.ruler.max = String(months);
    this.ruler.value = place;
    const when = whenText(month, this.words);
    setText(this.when, when);
    const events = this.events.filter((event) => event.month === month).map((event) => event.title);
    const text = phrase(this.words, "transport.value", { month, months, when });
    setAttribute(this.ruler, "aria-valuetext", [text, ...events].join(": "));
    const asking = asked && !state.frozen;
    setText(this.status, state.frozen ? phrase(this.words, "transport.frozen")
      : asking ? phrase(this.words, "transport.asking", { title: asked })
        : waiting ? phrase(this.words, "transport.making", { month: state.known < 0 ? 0 : state.known, months: Math.max(state.goal, month) }) : "");
    this.status.classList.toggle("k-transport-asks", Boolean(asking));
    const off = state.frozen || Boolean(asked);
    switchOff(this.over, state.frozen || month === 0);
    switchOff(this.back, state.frozen || month === 0);
    switchOff(this.playing, off);
    switchOff(this.step, off || ended);
    this.ruler.disabled = Boolean(state.frozen);
  }
}
