/** The lines of a chart: which there are, their numbers, and the axes on which they fit. Pure logic. */

import { formatValue } from "./encode.js";
import { lineStyle } from "./encode.js";
import { niceScale } from "./encode.js";

/**
 * Return a run's numbers for a line of a chart, by its name: two towns may have other groups, and so other places.
 * @param {Store} store
 * @param {Object} chart
 * @param {Object} line of that chart
 * @returns {Float32Array} empty where this run has no such line
 */
export function numbersOf(store, chart, line) {
  const own = store.setup.charts.find(({ key }) => key === chart.key)?.lines.find(({ label }) => label === line.label);
  return own ? store.lines[own.value] : new Float32Array(0);
}

/**
 * Return the charts of all runs: those of the first, and what only the second has, at the end.
 * @param {Object[]} setups
 * @returns {Object[]} charts as the setup has them
 */
export function chartsOf(setups) {
  const [first, ...others] = setups;
  const charts = first.charts.map((chart) => ({ ...chart, lines: [...chart.lines] }));
  for (const chart of others.flatMap((setup) => setup.charts)) {
    const own = charts.find(({ key }) => key === chart.key);
    if (!own) {
      charts.push({ ...chart, lines: [...chart.lines] });
      continue;
    }
    for (const line of chart.lines) {
      if (!own.lines.some(({ label }) => label === line.label)) own.lines.push({ ...line, style: own.lines.length });
    }
  }
  return charts;
}

/**
 * Return the lines of a chart for the runs shown; a run has no line of which it knows nothing.
 * @param {Object} chart as from `chartsOf`
 * @param {Store[]} stores
 * @returns {Object[]} numbers, label, both (the label where two runs agree), line, run, colour, dash
 */
export function linesOf(chart, stores) {
  const pair = stores.length > 1;
  const single = chart.lines.length === 1;
  return stores.flatMap((store, run) => chart.lines.map((line, k) => ({
    numbers: numbersOf(store, chart, line),
    label: pair ? (single ? store.setup.label : `${store.setup.label} ${line.label}`) : line.label,
    both: single ? stores.map((each) => each.setup.label).join(", ") : line.label,
    line: k,
    run,
    ...lineStyle(line.style ?? k, run, pair, single),
  })).filter(({ numbers }) => numbers.length > 0));
}

/**
 * Return the limits of a chart's vertical axis.
 * @param {Object} chart
 * @param {Object[]} lines as from `linesOf`
 * @param {number} seen last month that may be looked at
 * @returns {{low: number, high: number, ticks: number[]}}
 */
export function scaleOf(chart, lines, seen) {
  let low = Infinity;
  let high = -Infinity;
  const take = (value) => {
    if (!Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const line of lines) for (let m = 0; m <= seen; m += 1) take(line.numbers[m]);
  for (const mark of chart.marks ?? []) take(mark.at);
  if (Number.isFinite(chart.low)) low = Math.min(chart.low, low);
  if (Number.isFinite(chart.high)) high = Math.max(chart.high, high);
  if (!Number.isFinite(chart.low) && low > 0 && low < 0.4 * high) low = 0;
  return niceScale(low, high);
}

/**
 * Return the ticks of the month axis, whole years.
 * @param {number} months
 * @param {number} room how many ticks there is room for
 * @returns {number[]} months
 */
export function yearTicks(months, room) {
  const years = months / 12;
  const gap = [1, 2, 5, 10, 20, 50, 100].find((each) => years / each <= room) ?? 200;
  const ticks = [];
  for (let year = 0; year * 12 <= months; year += gap) ticks.push(year * 12);
  return ticks;
}

/**
 * Return the lines that get a label of their own: where two runs agree, one stands for both.
 * @param {Object[]} lines
 * @param {number} month
 * @param {string} unit
 * @returns {Object[]}
 */
export function agreeing(lines, month, unit) {
  const known = lines.filter((each) => Number.isFinite(each.numbers[month]));
  const text = (each) => formatValue(each.numbers[month], unit);
  const twin = (each) => known.find((other) => other.line === each.line && other.run !== each.run && text(other) === text(each));
  return known.filter((each) => each.run === 0 || !twin(each)).map((each) => (twin(each) ? { ...each, label: each.both } : each));
}
