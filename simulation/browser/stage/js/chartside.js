/** The side of the stage with the charts, all of them or one at a time, and the badges. */

import { Chart } from "./charts.js";
import { badgesOf } from "./pair.js";
import { chartTable } from "./table.js";
import { chartsOf } from "./lines.js";
import { labelRoom } from "./labels.js";
import { linesOf } from "./lines.js";
import { make } from "./dom.js";
import { numbersOf } from "./lines.js";
import { phrase } from "./dom.js";

/** Charts of one run or of a pair. */
export class ChartSide {
  /**
   * @param {Store[]} stores
   * @param {Object} words
   * @param {Object} options of the stage
   * @param {{changed: Function, resized: Function, predicted: Function, leave: Function}} hooks
   * @param {string} single key of the chart to begin with, where there is one at a time
   */
  constructor(stores, words, options, hooks, single) {
    Object.assign(this, { stores, words, options, hooks });
    const all = chartsOf(stores.map((store) => store.setup));
    const wanted = options.charts ? all.filter((chart) => options.charts.includes(chart.key)) : all;
    this.charts = wanted.map((chart) => new Chart(chart, words, hooks));
    this.badges = make("ul", { class: "k-badges", hidden: true });
    this.valueTable = make("div", { class: "k-table-scroll", tabindex: "0", role: "region", "aria-label": phrase(words, "table.values"), hidden: true });
    const bar = make("div", { class: "k-stage-bar" }, make("h2", { text: phrase(words, "charts.title") }), ...this.#chooserParts(single), this.badges);
    this.element = make("section", { class: "k-stage-charts", "aria-label": phrase(words, "charts.title") }, bar,
      make("div", { class: "k-chart-grid" }, ...this.charts.map((chart) => chart.element)), this.valueTable);
    if (this.chooser) this.#showSingle();
    this.#watch();
  }

  #chooserParts(single) {
    this.chooser = null;
    if (!this.options.single || this.charts.length < 2) return [];
    const say = (key) => phrase(this.words, key);
    this.chooser = make("select", { class: "k-stage-select", "aria-label": say("charts.choose"), on: { change: () => this.#showSingle() } },
      ...this.charts.map(({ chart }) => make("option", { value: chart.key, text: chart.title })));
    this.chooser.value = this.charts.some(({ chart }) => chart.key === single) ? single : this.charts[0].chart.key;
    const turn = (key, sign, by) => make("button", { type: "button", class: "k-stage-button k-turn", "aria-label": say(key), title: say(key), text: sign,
      on: { click: () => {
        const here = this.charts.findIndex(({ chart }) => chart.key === this.chooser.value);
        this.choose(this.charts[(here + by + this.charts.length) % this.charts.length].chart.key);
      } } });
    return [turn("charts.before", "‹", -1), this.chooser, turn("charts.after", "›", 1)];
  }

  /**
   * Show a chart, where there is one at a time.
   * @param {string} key
   */
  choose(key) {
    if (!this.chooser || !this.charts.some(({ chart }) => chart.key === key)) return;
    this.chooser.value = key;
    this.#showSingle();
  }

  #showSingle() {
    this.single = this.chooser.value;
    for (const { element, chart } of this.charts) element.hidden = chart.key !== this.single;
    this.hooks.resized();
  }

  /** Note which charts are in sight: the others are drawn when there is time. */
  #watch() {
    this.watcher = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        const chart = this.charts.find(({ element }) => element === target);
        chart.inSight = isIntersecting;
        if (isIntersecting) this.#drawLate(chart);
      }
    }, { rootMargin: "80px 0px" });
    for (const { element } of this.charts) this.watcher.observe(element);
  }

  /** Let go of what watches the page. */
  leave() {
    this.watcher.disconnect();
  }

  /** The month in which a line is asked for; −1 while none is. */
  get asked() {
    const asking = this.charts.find((chart) => chart.asking.open)?.asking;
    return asking ? asking.sketch.start.month : -1;
  }

  /** The title of the chart on which a line is asked for. */
  get askedTitle() {
    return this.charts.find((chart) => chart.asking.open)?.chart.title ?? "";
  }

  /**
   * Ask for a line on one chart, and on no other.
   * @param {string|null} key of the chart
   * @param {number} month where the future begins
   * @param {number} months last month
   */
  ask(key, month, months) {
    this.choose(key);
    for (const chart of this.charts) {
      if (chart.chart.key === key) chart.asking.start(month, this.#known(chart, month), months);
      else if (chart.asking.open) chart.asking.drop();
    }
    this.hooks.resized();
  }

  /** Forget lines that were drawn and kept: they were about another town. */
  forget() {
    for (const { asking } of this.charts) if (asking.kept) asking.drop();
  }

  #known({ chart }, month) {
    return numbersOf(this.stores[0], chart, chart.lines[0])[month];
  }

  /** Fit the charts to their places on the page. */
  fit() {
    for (const chart of this.charts) if (!chart.element.hidden) chart.resize();
  }

  /**
   * Draw a month.
   * @param {Object} state of the stage
   */
  draw(state) {
    const shown = this.charts.filter((chart) => !chart.element.hidden);
    const width = Math.min(...shown.map((chart) => chart.width || 400));
    const measured = [state.about, state.font, width, shown.map(({ chart }) => chart.key)].join("|");
    if (measured !== this.measured && shown.length) {
      this.measured = measured;
      const charts = shown.map(({ chart }) => ({ lines: linesOf(chart, this.stores), chart }));
      this.right = labelRoom(shown[0].context, charts, state.font, width);
    }
    this.state = { ...state, right: this.right };
    for (const chart of shown) {
      if (chart.asking.open) chart.asking.sketch.start.value = this.#known(chart, chart.asking.sketch.start.month);
      chart.late = !chart.inSight;
      if (chart.inSight) chart.draw(this.state);
    }
    this.#showBadges(state.month);
  }

  #drawLate(chart) {
    if (!chart.late || chart.element.hidden) return;
    chart.late = false;
    chart.draw(this.state);
  }

  #showBadges(month) {
    const badges = badgesOf(this.stores, month);
    const name = JSON.stringify(badges);
    if (name === this.badged) return;
    this.badged = name;
    this.badges.hidden = badges.length === 0;
    this.badges.replaceChildren(...badges.map(({ label, word, level }) => make("li", { class: `k-badge k-badge-${level}` },
      make("span", { text: label }), make("b", { text: word }))));
  }

  /**
   * Say in words what is shown, and draw what is out of sight.
   * @param {number} month
   * @param {boolean} table whether the numbers are shown as a table
   */
  describe(month, table) {
    for (const chart of this.charts) {
      this.#drawLate(chart);
      chart.describe(this.stores, month);
    }
    if (table) this.valueTable.replaceChildren(chartTable(this.charts.map(({ chart }) => chart), this.stores, month, this.words));
  }
}
