/** Charts: small multiples on one month axis, each with a text for those who hear it. */

import { Frame } from "./plot.js";
import { Sketch } from "./sketch.js";
import { drawAxes } from "./plot.js";
import { drawLabels } from "./plot.js";
import { drawLines } from "./plot.js";
import { drawSketch } from "./plot.js";
import { formatValue } from "./encode.js";
import { linesOf } from "./plot.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { scaleOf } from "./plot.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";
import { yearAndMonth } from "./clock.js";

/**
 * Return a month in words.
 * @param {number} month
 * @param {Object} words
 * @returns {string}
 */
export function whenText(month, words) {
  const parts = yearAndMonth(month);
  return parts.year === 0 ? phrase(words, "when.start") : phrase(words, "when.month", parts);
}

/** One chart. */
export class Chart {
  /**
   * @param {Object} chart as the setup has it
   * @param {Object} words
   * @param {{changed: Function, predicted: Function}} hooks
   */
  constructor(chart, words, hooks) {
    this.chart = chart;
    this.words = words;
    this.hooks = hooks;
    this.sketch = null;
    this.kept = false;
    this.cursor = 0;
    this.canvas = make("canvas", { class: "k-chart-canvas", role: "img", "aria-label": chart.title });
    this.plot = make("div", { class: "k-chart-plot" }, this.canvas);
    const own = `better.${chart.key}`;
    const better = chart.better ? phrase(words, own in words ? own : `better.${chart.better}`) : "";
    const unit = chart.unit && chart.unit !== "%" ? chart.unit : "";
    const about = [unit, better].filter(Boolean).join(" · ");
    this.head = make(
      "figcaption", { class: "k-chart-head" },
      make("h3", { text: chart.title }),
      make("span", { class: "k-chart-about", text: about }),
    );
    if (chart.help) {
      this.head.append(make("details", { class: "k-chart-help" },
        make("summary", { "aria-label": phrase(words, "chart.help", { title: chart.title }), text: "?" }),
        make("p", { text: chart.help })));
    }
    this.ask = make("div", { class: "k-chart-ask", hidden: true });
    this.told = make("p", { class: "k-chart-told", role: "status", hidden: true });
    this.element = make("figure", { class: "k-chart" }, this.head, this.plot, this.ask, this.told);
    if (chart.empty) {
      this.plot.replaceChildren(make("p", { class: "k-chart-empty", text: chart.help }));
      this.head.querySelector("details")?.remove();
    }
  }

  /** Fit the canvas to its place on the page. */
  resize() {
    this.width = Math.floor(this.plot.clientWidth);
    this.height = Math.floor(this.plot.clientHeight);
    this.ratio = Math.max(1, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
  }

  /**
   * Return how much room the labels at the ends of the lines would like.
   * @param {Store[]} stores
   * @param {number} font pixels
   * @returns {number} pixels
   */
  wish(stores, font) {
    const context = this.canvas.getContext("2d");
    context.font = `${font}px system-ui, sans-serif`;
    const wide = (text) => context.measureText(text).width;
    const own = linesOf(this.chart, stores).map((line) => {
      const whole = wide(`0.00 ${line.label}`);
      return Math.max(0.56 * whole, ...line.label.split(" ").map(wide), Math.min(whole, 60));
    });
    return Math.max(30, ...own) + 14;
  }

  /**
   * Draw the chart.
   * @param {Object} state stores, month, seen, months, events, split, right, font, strong, years
   */
  draw(state) {
    if (!this.width || !this.height) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const predicting = this.sketch && !this.kept;
    const seen = predicting ? state.month : state.seen;
    const lines = linesOf(this.chart, state.stores);
    const scale = scaleOf(this.chart, lines, seen);
    const box = { width: this.width, height: this.height, left: 2.7 * state.font + 8, right: state.right, font: state.font, thick: state.strong ? 3 : 2 };
    this.frame = new Frame(box, state.months, scale);
    this.#drawGround(context, state);
    if (this.sketch) {
      if (predicting) this.#drawFuture(context, state.month);
      drawSketch(context, this.frame, this.sketch.points(), phrase(this.words, "predict.yours"));
    }
    drawLines(context, this.frame, lines, state.month, seen);
    drawLabels(context, this.frame, lines, state.month, this.chart.unit);
    if (this.kept) this.#compare(lines[0], state);
  }

  /** Draw what stays from month to month, from a copy while it is the same. */
  #drawGround(context, state) {
    const { low, high } = this.frame.scale;
    const late = state.month > 0.55 * state.months;
    const name = [this.width, this.height, this.ratio, low, high, state.right, state.font, late, state.months, state.split, state.about].join("|");
    if (name !== this.grounded) {
      this.grounded = name;
      this.ground ??= document.createElement("canvas");
      this.ground.width = this.canvas.width;
      this.ground.height = this.canvas.height;
      const own = this.ground.getContext("2d");
      own.scale(this.ratio, this.ratio);
      drawAxes(own, this.frame, this.chart, state);
    }
    context.drawImage(this.ground, 0, 0, this.canvas.width / this.ratio, this.canvas.height / this.ratio);
  }

  #drawFuture(context, month) {
    const { frame } = this;
    const x = frame.x(month);
    context.fillStyle = "rgba(136, 46, 114, 0.06)";
    context.fillRect(x, frame.top, frame.end - x, frame.bottom - frame.top);
    if (this.cursor > month && document.activeElement === this.canvas) {
      context.strokeStyle = "#0b57d0";
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(frame.x(this.cursor), frame.top);
      context.lineTo(frame.x(this.cursor), frame.bottom);
      context.stroke();
    }
  }

  /**
   * Say in words what the chart shows.
   * @param {Store[]} stores
   * @param {number} month
   */
  describe(stores, month) {
    if (this.sketch && !this.kept) return;
    const lines = linesOf(this.chart, stores).map((line) => {
      const start = formatValue(line.numbers[0], this.chart.unit);
      const now = formatValue(line.numbers[month], this.chart.unit);
      return phrase(this.words, "chart.line", { label: line.label || this.chart.title, start, now });
    });
    const text = phrase(this.words, "chart.text", { title: this.chart.title, when: whenText(month, this.words), lines: lines.join("; ") });
    setAttribute(this.canvas, "aria-label", text);
  }

  /**
   * Ask for a line: the future is hidden until it is kept or given up.
   * @param {Store} store
   * @param {number} month
   * @param {number} months
   */
  startPrediction(store, month, months) {
    this.sketch = new Sketch(month, store.lines[this.chart.lines[0].value][month], months);
    this.kept = false;
    this.cursor = Math.min(months, month + 12);
    setAttribute(this.canvas, "role", "slider");
    setAttribute(this.canvas, "tabindex", "0");
    setAttribute(this.canvas, "aria-label", phrase(this.words, "predict.name", { title: this.chart.title }));
    setAttribute(this.canvas, "aria-valuemin", "0");
    setAttribute(this.canvas, "aria-valuemax", "1000");
    this.#tellValue();
    this.keep = make("button", { type: "button", class: "k-stage-button k-stage-main-button", disabled: true,
      text: phrase(this.words, "predict.keep"), on: { click: () => this.#keepLine() } });
    this.ask.replaceChildren(
      make("p", { text: phrase(this.words, this.chart.lines.length > 1 ? "predict.ask_line" : "predict.ask", { title: this.chart.title, line: this.chart.lines[0].label }) }),
      this.keep,
      make("button", { type: "button", class: "k-stage-button", text: phrase(this.words, "predict.skip"), on: { click: () => this.endPrediction() } }),
    );
    this.ask.hidden = false;
    this.told.hidden = true;
    this.element.classList.add("k-predicting");
    this.#listen();
  }

  #listen() {
    if (this.listening) return;
    this.listening = true;
    let from = null;
    const point = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const month = this.frame.month(event.clientX - box.left);
      return [Math.min(this.sketch.last, Math.max(this.sketch.start.month + 1, month)), this.frame.value(event.clientY - box.top)];
    };
    const drawing = () => this.sketch && !this.kept;
    this.canvas.addEventListener("pointerdown", (event) => {
      if (!drawing() || !this.frame) return;
      this.canvas.setPointerCapture(event.pointerId);
      from = point(event);
      this.sketch.drag(from, from);
      this.#drew(from[0]);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!from || !drawing()) return;
      const to = point(event);
      this.sketch.drag(from, to);
      from = to;
      this.#drew(to[0]);
    });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => { from = null; });
    this.canvas.addEventListener("keydown", (event) => drawing() && this.#key(event));
    for (const name of ["focus", "blur"]) this.canvas.addEventListener(name, () => this.hooks.changed());
  }

  #key(event) {
    const { low, high } = this.frame.scale;
    const step = event.shiftKey ? 1 : 6;
    const sides = { ArrowRight: step, ArrowLeft: -step };
    const heights = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
    if (event.key in sides) {
      const first = this.sketch.start.month + 1;
      this.cursor = Math.min(this.sketch.last, Math.max(first, this.cursor + sides[event.key]));
    } else if (event.key in heights) {
      const here = this.sketch.at(this.cursor);
      const value = Number.isFinite(here) ? here : Number.isFinite(this.sketch.start.value) ? this.sketch.start.value : (low + high) / 2;
      const moved = value + (heights[event.key] * (high - low)) / 40;
      this.sketch.set(this.cursor, Math.min(high, Math.max(low, moved)));
      this.#drew(this.cursor);
    } else return;
    event.preventDefault();
    this.#tellValue();
    this.hooks.changed();
  }

  #drew(month) {
    this.cursor = month;
    if (this.keep) this.keep.disabled = this.sketch.empty;
    this.#tellValue();
    this.hooks.changed();
  }

  #tellValue() {
    const value = this.sketch.at(this.cursor);
    const scale = this.frame ? this.frame.scale : { low: 0, high: 1 };
    const part = Number.isFinite(value) ? (value - scale.low) / (scale.high - scale.low) : 0;
    setAttribute(this.canvas, "aria-valuenow", String(Math.round(1000 * Math.min(1, Math.max(0, part)))));
    const shown = Number.isFinite(value) ? formatValue(value, this.chart.unit) : phrase(this.words, "predict.nothing");
    setAttribute(this.canvas, "aria-valuetext", phrase(this.words, "predict.value", { when: whenText(this.cursor, this.words), value: shown }));
  }

  #keepLine() {
    this.kept = true;
    this.#closeAsking();
    this.hooks.predicted(this.chart.key, this.sketch.points());
  }

  /** Give up asking; a line that was kept stays. */
  endPrediction() {
    if (this.sketch && !this.kept) {
      this.sketch = null;
      this.hooks.predicted(this.chart.key, []);
    }
    this.#closeAsking();
  }

  /** Take an unfinished question away without a word. */
  dropPrediction() {
    this.sketch = null;
    this.kept = false;
    this.told.hidden = true;
    this.#closeAsking();
  }

  #closeAsking() {
    const inside = this.ask.contains(document.activeElement);
    this.ask.hidden = true;
    this.element.classList.remove("k-predicting");
    setAttribute(this.canvas, "role", "img");
    for (const name of ["tabindex", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"]) setAttribute(this.canvas, name, null);
    if (inside && this.hooks.leave) this.hooks.leave();
    this.hooks.changed();
  }

  #compare(line, state) {
    const month = state.month;
    if (month <= this.sketch.start.month) return;
    const mine = this.sketch.at(month);
    const real = line.numbers[month];
    if (!Number.isFinite(mine) || !Number.isFinite(real) || (state.playing && month < state.months)) return;
    this.told.hidden = false;
    setText(this.told, phrase(this.words, "predict.result", {
      when: whenText(month, this.words), mine: formatValue(mine, this.chart.unit), real: formatValue(real, this.chart.unit),
    }));
  }
}
