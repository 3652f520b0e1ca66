/** Frames: the months of a run as they come from the model, kept so that scrubbing asks nobody. */

const SERVICE_BIT = 0x80000000;

/**
 * Read one month.
 * @param {ArrayBuffer} buffer holds the frame; it begins at `offset`, a multiple of 4
 * @param {number} offset
 * @param {number} channels how many channels each node has
 * @param {number} values how many values each month has
 * @returns {Object} month, nodes, ties, flags, channels, trust, values, source, target, kind, size
 */
export function decodeFrame(buffer, offset, channels, values) {
  const [month, nodes, ties, added] = new Uint32Array(buffer, offset, 4);
  let at = offset + 16;
  const flags = new Uint8Array(buffer, at, nodes);
  at += nodes;
  const fills = [];
  for (let c = 0; c < channels; c += 1) {
    fills.push(new Uint8Array(buffer, at, nodes));
    at += nodes;
  }
  const trust = new Uint8Array(buffer, at, ties);
  at += ties;
  at += (4 - ((at - offset) % 4)) % 4;
  const numbers = new Float32Array(buffer, at, values);
  at += 4 * values;
  const source = [];
  const target = [];
  const kind = [];
  const ends = new Uint32Array(buffer, at, 2 * added);
  for (let k = 0; k < added; k += 1) {
    source.push(ends[2 * k] & ~SERVICE_BIT);
    target.push(ends[2 * k + 1]);
    kind.push((ends[2 * k] & SERVICE_BIT) !== 0 ? 1 : 0);
  }
  at += 8 * added;
  return { month, nodes, ties, flags, channels: fills, trust, values: numbers, source, target, kind, size: at - offset };
}

/** All that the browser holds of one run. */
export class Store {
  /**
   * `version` goes up with all that arrives, `course` only where what was there holds no longer.
   * @param {Object} setup as the page sends it
   */
  constructor(setup) {
    this.frames = [];
    this.entries = [];
    this.last = -1;
    this.version = 0;
    this.course = 0;
    this.adopt(setup);
  }

  /**
   * Take a setup; what is held of its months stays.
   * @param {Object} setup
   */
  adopt(setup) {
    this.setup = setup;
    this.count = setup.nodes.x.length;
    this.source = Array.from(setup.ties.source);
    this.target = Array.from(setup.ties.target);
    this.kind = Array.from(setup.ties.kind);
    this.first = this.source.length;
    this.lines = setup.values.map(() => new Float32Array(setup.months + 1).fill(NaN));
    const held = this.frames;
    this.frames = [];
    this.last = -1;
    for (const frame of held) if (frame && frame.month <= setup.months) this.put(frame);
    this.course += 1;
    this.version += 1;
  }

  /**
   * Keep one month. Months may come twice and out of order; `last` is the last without a hole.
   * @param {Object} frame as `decodeFrame` returns it
   */
  put(frame) {
    this.frames[frame.month] = frame;
    frame.values.forEach((value, place) => {
      if (place < this.lines.length) this.lines[place][frame.month] = value;
    });
    while (this.frames[this.last + 1]) {
      this.last += 1;
      this.#grow(this.frames[this.last]);
    }
    this.version += 1;
  }

  #grow(frame) {
    const from = frame.ties - frame.source.length;
    frame.source.forEach((source, k) => {
      this.source[from + k] = source;
      this.target[from + k] = frame.target[k];
      this.kind[from + k] = frame.kind[k];
    });
  }

  /**
   * Keep a batch of months.
   * @param {ArrayBuffer|DataView|Uint8Array} data frames one after another
   * @returns {number[]} the months
   */
  putBatch(data) {
    const bytes = data instanceof ArrayBuffer ? data : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    const months = [];
    for (let offset = 0; offset < bytes.byteLength;) {
      const frame = decodeFrame(bytes, offset, this.setup.channels.length, this.setup.values.length);
      this.put(frame);
      months.push(frame.month);
      offset += frame.size;
    }
    return months;
  }

  /**
   * Forget everything after a month.
   * @param {number} after
   */
  drop(after) {
    this.frames.length = Math.min(this.frames.length, after + 1);
    this.last = Math.min(this.last, after);
    const ties = this.last >= 0 ? this.frames[this.last].ties : this.first;
    for (const list of [this.source, this.target, this.kind]) list.length = Math.min(list.length, ties);
    for (const line of this.lines) line.fill(NaN, after + 1);
    this.entries = this.entries.filter((entry) => entry.month <= after);
    this.course += 1;
    this.version += 1;
  }

  /**
   * Return a month.
   * @param {number} month
   * @returns {Object|null} null where it is not here yet
   */
  frame(month) {
    return this.frames[month] ?? null;
  }

  /**
   * Keep lines of the log; a line that is here already is not kept twice.
   * @param {Object[]} entries
   */
  log(entries) {
    const known = new Set(this.entries.map((entry) => `${entry.month}|${entry.kind}|${entry.text}`));
    for (const entry of entries) {
      const name = `${entry.month}|${entry.kind}|${entry.text}`;
      if (!known.has(name)) {
        known.add(name);
        this.entries.push(entry);
      }
    }
    this.entries.sort((one, two) => one.month - two.month);
    this.version += 1;
  }

  /**
   * Return the ties of a node in a month.
   * @param {number} node
   * @param {number} month
   * @returns {{node: number, trust: number, kind: number}[]} the most trusted first; lost ones left out
   */
  tiesOf(node, month) {
    const frame = this.frame(month);
    const found = [];
    for (let k = 0; frame && k < frame.ties; k += 1) {
      if (frame.trust[k] === 0) continue;
      if (this.source[k] === node) found.push({ node: this.target[k], trust: frame.trust[k], kind: this.kind[k] });
      else if (this.target[k] === node) found.push({ node: this.source[k], trust: frame.trust[k], kind: this.kind[k] });
    }
    return found.sort((one, two) => two.trust - one.trust || one.node - two.node);
  }
}

/**
 * Return the first month in which two runs differ in any value.
 * @param {Store} one
 * @param {Store} two
 * @returns {number} −1 while they do not, as far as both are known
 */
export function splitMonth(one, two) {
  const last = Math.min(one.last, two.last);
  for (let month = 0; month <= last; month += 1) {
    const a = one.frames[month].values;
    const b = two.frames[month].values;
    for (let k = 0; k < a.length; k += 1) {
      if (a[k] !== b[k] && !(Number.isNaN(a[k]) && Number.isNaN(b[k]))) return month;
    }
  }
  return -1;
}

/**
 * Undo the differences in which a replay file keeps months; in place.
 * Flags, channels and trust of each month are kept as their difference to the month before.
 * @param {ArrayBuffer} buffer all months, one after another
 * @param {number} channels
 * @param {number} values
 */
export function undoDifferences(buffer, channels, values) {
  let before = null;
  for (let offset = 0; offset < buffer.byteLength;) {
    const frame = decodeFrame(buffer, offset, channels, values);
    const parts = [frame.flags, ...frame.channels, frame.trust];
    if (before) {
      parts.forEach((part, p) => {
        const old = before[p];
        const both = Math.min(part.length, old.length);
        for (let k = 0; k < both; k += 1) part[k] += old[k];
      });
    }
    before = parts;
    offset += frame.size;
  }
}
