/** Encoding: which colour, shape and line stand for what. Hue never tells anything alone. */

export const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
export const INK = "#222222";
export const LINE_COLOURS = ["#0072B2", "#B84A00", "#007A5E", "#882E72", "#3D3D3D"];
export const LINE_DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 3]];
export const SECOND_RUN_DASH = [6, 4];

export const RESIDENT = 0;
export const CONNECTOR = 1;
export const INSTITUTION = 2;

export const PRESENT = 1;
export const HALF_STEWARD = 2;
export const STEWARD = 4;
export const LEADER = 8;
export const COMMITTED = 16;
export const NEWCOMER = 32;
export const OTHER_GROUP = 64;

/** The step of a mark of which the chosen channel says nothing. */
export const NO_STEP = -1;

/** Arcs around a shape that tell its group: starts and ends as parts of a full turn. */
export const GROUP_ARCS = [
  [],
  [[0.06, 0.44]],
  [[0.56, 0.94]],
  [[0.06, 0.44], [0.56, 0.94]],
  [[0.31, 0.69]],
  [[-0.19, 0.19]],
  [[0.31, 0.69], [-0.19, 0.19]],
];

/**
 * Return the step of six in which a value lies.
 * @param {number} byte 0 to 255 for a value of 0 to 1
 * @returns {number} 0 to 5
 */
export function stepOf(byte) {
  return Math.min(5, Math.floor((byte * 6) / 256));
}

/**
 * Return the word (0 very low … 4 very high) for a value.
 * @param {number} byte 0 to 255
 * @returns {number} 0 to 4
 */
export function levelOf(byte) {
  return Math.min(4, Math.floor((byte * 5) / 256));
}

/**
 * Return the arcs that mark a group.
 * @param {number} group index of the group; negative for none
 * @returns {number[][]} pairs of starts and ends, in turns
 */
export function arcsOf(group) {
  return group < 0 ? [] : GROUP_ARCS[group % GROUP_ARCS.length];
}

/**
 * Return the group of whoever lives at a node now.
 * @param {Object} setup
 * @param {number} node
 * @param {number} flags of the node
 * @returns {number} −1 for none, or where it is not known
 */
export function groupOf(setup, node, flags) {
  const group = setup.nodes.group[node];
  if (!(flags & OTHER_GROUP)) return group;
  return setup.groups.length === 2 ? 1 - group : -1;
}

/**
 * Return whether a channel says something of a node.
 * @param {Object} setup
 * @param {number} channel
 * @param {number} node
 * @returns {boolean}
 */
export function speaksOf(setup, channel, node) {
  const roles = setup.channels[channel]?.roles;
  return !roles || roles.includes(setup.nodes.role[node]);
}

/**
 * Return how a tie of some trust is drawn.
 * @param {number} step 0 to 5
 * @param {boolean} strong whether contrast is raised, as for a projector
 * @returns {{width: number, opacity: number}}
 */
export function tieStyle(step, strong) {
  const part = (step + 1) / 6;
  return { width: 0.5 + 1.9 * part * part + (strong ? 0.3 : 0), opacity: (strong ? 0.16 : 0.1) + 0.5 * part * part };
}

/**
 * Return how the line of a chart is drawn.
 * @param {number} style number of the line in its chart
 * @param {number} run 0 or 1
 * @param {boolean} pair whether two runs are shown
 * @param {boolean} single whether the chart has one line only
 * @returns {{colour: string, dash: number[]}}
 */
export function lineStyle(style, run, pair, single) {
  if (!pair) return { colour: LINE_COLOURS[style % 5], dash: LINE_DASHES[style % 5] };
  const colour = LINE_COLOURS[(single ? run : style) % 5];
  return { colour, dash: run === 0 ? [] : SECOND_RUN_DASH };
}

/**
 * Return a value as people read it.
 * @param {number} value
 * @param {string} unit unit of the chart; "%" shows a share of 0 to 1 in per cent
 * @returns {string} an en dash where there is no value
 */
export function formatValue(value, unit) {
  if (!Number.isFinite(value)) return "–";
  if (unit === "%") return `${Math.round(value * 100)} %`;
  const size = Math.abs(value);
  const text = size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
  return text.replace(/^-(0(?:\.0+)?)$/, "$1").replace("-", "−");
}

/**
 * Return round limits and ticks for values.
 * @param {number} low least value
 * @param {number} high greatest value
 * @param {number} count about how many steps
 * @returns {{low: number, high: number, ticks: number[]}}
 */
export function niceScale(low, high, count = 2) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1, ticks: [0, 0.5, 1] };
  const span = high > low ? high - low : Math.abs(high) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = [];
  for (let k = first; k <= last; k += 1) ticks.push(Number((k * step).toPrecision(12)));
  return { low: ticks[0], high: ticks[ticks.length - 1], ticks };
}
