/** A line that somebody draws before the future is shown. Pure logic. */

/** Knots that a visitor set, joined by straight lines; it begins where the known line ends. */
export class Sketch {
  /**
   * @param {number} month where the future begins
   * @param {number} value the known value there; nan where there is none
   * @param {number} last last month that can be drawn
   */
  constructor(month, value, last) {
    this.start = { month, value };
    this.last = last;
    this.knots = new Map();
  }

  /** Whether nothing is drawn yet. */
  get empty() {
    return this.knots.size === 0;
  }

  /**
   * Set one knot.
   * @param {number} month it is kept within the future
   * @param {number} value
   */
  set(month, value) {
    const at = Math.min(this.last, Math.max(this.start.month + 1, Math.round(month)));
    this.knots.set(at, value);
  }

  /**
   * Draw from one point to the next; knots between them give way.
   * @param {number[]} from month and value
   * @param {number[]} to month and value
   */
  drag(from, to) {
    const [low, high] = from[0] < to[0] ? [from[0], to[0]] : [to[0], from[0]];
    for (const month of [...this.knots.keys()]) if (month > low && month < high) this.knots.delete(month);
    this.set(...from);
    this.set(...to);
  }

  /**
   * Return the points of the line in order.
   * @returns {number[][]} month and value each
   */
  points() {
    const drawn = [...this.knots.entries()].sort((one, two) => one[0] - two[0]);
    return Number.isFinite(this.start.value) ? [[this.start.month, this.start.value], ...drawn] : drawn;
  }

  /**
   * Return the value drawn for a month.
   * @param {number} month
   * @returns {number} nan where nothing is drawn; flat after the last knot
   */
  at(month) {
    if (this.empty) return NaN;
    const points = this.points();
    if (month < points[0][0]) return NaN;
    const next = points.findIndex((point) => point[0] >= month);
    if (next < 0) return points[points.length - 1][1];
    if (next === 0) return points[0][1];
    const [m0, v0] = points[next - 1];
    const [m1, v1] = points[next];
    return v0 + ((v1 - v0) * (month - m0)) / (m1 - m0);
  }
}
