/** Asking for a line: somebody draws on a chart what they expect, before it is shown. */

import { Sketch } from "./sketch.js";
import { formatValue } from "./encode.js";
import { make } from "./dom.js";
import { phrase } from "./dom.js";
import { setAttribute } from "./dom.js";
import { setText } from "./dom.js";
import { whenText } from "./when.js";

/** The question at one chart, and the line that was drawn. */
export class Asking {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.words = chart.words;
    this.sketch = null;
    this.kept = false;
    this.cursor = 0;
    this.ask = make("div", { class: "k-chart-ask", hidden: true });
    this.told = make("p", { class: "k-chart-told", role: "status", hidden: true });
  }

  /** Whether a line is asked for that nobody has kept yet. */
  get open() {
    return Boolean(this.sketch && !this.kept);
  }

  /**
   * Ask for a line: the future is hidden until it is kept or given up.
   * @param {number} month where the future begins
   * @param {number} value known then
   * @param {number} months last month
   */
  start(month, value, months) {
    const { canvas, chart } = this.chart;
    const say = (key, values) => phrase(this.words, key, values);
    this.sketch = new Sketch(month, value, months);
    this.kept = false;
    this.cursor = Math.min(months, month + 12);
    setAttribute(canvas, "role", "slider");
    setAttribute(canvas, "tabindex", "0");
    setAttribute(canvas, "aria-label", say("predict.name", { title: chart.title }));
    setAttribute(canvas, "aria-valuemin", "0");
    setAttribute(canvas, "aria-valuemax", "1000");
    this.#tellValue();
    this.keep = make("button", { type: "button", class: "k-stage-button k-stage-main-button", disabled: true,
      text: say("predict.keep"), on: { click: () => this.#keepLine() } });
    const question = chart.lines.length > 1 ? "predict.ask_line" : "predict.ask";
    this.ask.replaceChildren(
      make("p", { text: say(question, { title: chart.title, line: chart.lines[0].label }) }),
      this.keep,
      make("button", { type: "button", class: "k-stage-button", text: say("predict.skip"), on: { click: () => this.end() } }),
    );
    this.ask.hidden = false;
    this.told.hidden = true;
    this.chart.element.classList.add("k-predicting");
    this.#listen();
  }

  #listen() {
    if (this.listening) return;
    this.listening = true;
    const { canvas } = this.chart;
    let from = null;
    const point = (event) => {
      const { frame } = this.chart;
      const box = canvas.getBoundingClientRect();
      const month = frame.month(event.clientX - box.left);
      return [Math.min(this.sketch.last, Math.max(this.sketch.start.month + 1, month)), frame.value(event.clientY - box.top)];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.open || !this.chart.frame) return;
      canvas.setPointerCapture(event.pointerId);
      from = point(event);
      this.sketch.drag(from, from);
      this.#drew(from[0]);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!from || !this.open) return;
      const to = point(event);
      this.sketch.drag(from, to);
      from = to;
      this.#drew(to[0]);
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
    canvas.addEventListener("keydown", (event) => this.open && this.#key(event));
    for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => this.chart.hooks.changed());
  }

  #key(event) {
    const { low, high } = this.chart.frame.scale;
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
    this.chart.hooks.changed();
  }

  #drew(month) {
    this.cursor = month;
    if (this.keep) this.keep.disabled = this.sketch.empty;
    this.#tellValue();
    this.chart.hooks.changed();
  }

  #tellValue() {
    const { canvas, frame, chart } = this.chart;
    const value = this.sketch.at(this.cursor);
    const scale = frame ? frame.scale : { low: 0, high: 1 };
    const part = Number.isFinite(value) ? (value - scale.low) / (scale.high - scale.low) : 0;
    setAttribute(canvas, "aria-valuenow", String(Math.round(1000 * Math.min(1, Math.max(0, part)))));
    const shown = Number.isFinite(value) ? formatValue(value, chart.unit) : phrase(this.words, "predict.nothing");
    setAttribute(canvas, "aria-valuetext", phrase(this.words, "predict.value", { when: whenText(this.cursor, this.words), value: shown }));
  }

  #keepLine() {
    this.kept = true;
    this.#close();
    this.chart.hooks.predicted(this.chart.chart.key, this.sketch.points());
  }

  /** Give up asking; a line that was kept stays. */
  end() {
    if (this.open) {
      this.sketch = null;
      this.chart.hooks.predicted(this.chart.chart.key, []);
    }
    this.#close();
  }

  /** Take an unfinished question away without a word. */
  drop() {
    this.sketch = null;
    this.kept = false;
    this.told.hidden = true;
    this.#close();
  }

  #close() {
    const { canvas, element, hooks } = this.chart;
    const inside = this.ask.contains(document.activeElement);
    this.ask.hidden = true;
    element.classList.remove("k-predicting");
    setAttribute(canvas, "role", "img");
    for (const name of ["tabindex", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"]) setAttribute(canvas, name, null);
    if (inside && hooks.leave) hooks.leave();
    hooks.changed();
  }

  /**
   * Say how far the line that was kept is from what came.
   * @param {Object} line that was asked for
   * @param {{month: number, months: number, playing: boolean}} state
   */
  compare(line, { month, months, playing }) {
    if (month <= this.sketch.start.month) return;
    const mine = this.sketch.at(month);
    const real = line.numbers[month];
    if (!Number.isFinite(mine) || !Number.isFinite(real) || (playing && month < months)) return;
    const { unit } = this.chart.chart;
    this.told.hidden = false;
    setText(this.told, phrase(this.words, "predict.result", {
      when: whenText(month, this.words), mine: formatValue(mine, unit), real: formatValue(real, unit),
    }));
  }
}
