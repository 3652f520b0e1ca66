/** The clock of the stage: where the playhead is, and which months it needs. Pure logic. */

export const SPEEDS = { slow: 800, normal: 240, fast: 60 };
const AHEAD = 12;
const ENOUGH = 6;

/**
 * Return a month in parts that people say.
 * @param {number} month from 0
 * @returns {{year: number, month: number}} year 0 for the start
 */
export function yearAndMonth(month) {
  if (month <= 0) return { year: 0, month: 0 };
  return { year: Math.floor((month - 1) / 12) + 1, month: ((month - 1) % 12) + 1 };
}

/** Playhead, speed, and what to ask for. */
export class Clock {
  /** @param {number} months last month */
  constructor(months) {
    this.months = months;
    this.month = 0;
    this.seen = 0;
    this.goal = 0;
    this.playing = false;
    this.speed = "normal";
    this.due = 0;
    this.asked = -1;
    this.askedAt = 0;
  }

  /** @param {number} now milliseconds */
  play(now) {
    if (this.month >= this.months) this.#set(0);
    this.goal = this.month;
    this.playing = true;
    this.due = now;
  }

  /** Stop at once: months that come later are kept, the playhead stays. */
  pause() {
    this.playing = false;
    this.goal = this.month;
  }

  /**
   * Move to a month as soon as it is known.
   * @param {number} month
   * @param {number} known last month that is here
   */
  go(month, known) {
    this.goal = Math.max(0, Math.min(this.months, Math.round(month)));
    this.arrive(known);
  }

  /**
   * Move towards the goal as far as months are known.
   * @param {number} known
   * @returns {boolean} whether the playhead moved
   */
  arrive(known) {
    if (this.playing || this.month === this.goal) return false;
    return this.#set(Math.max(0, Math.min(this.goal, known)));
  }

  /**
   * Let time pass while playing.
   * @param {number} now milliseconds
   * @param {number} known last month that is here
   * @returns {boolean} whether the playhead moved
   */
  advance(now, known) {
    if (!this.playing || now < this.due) return false;
    if (this.month >= known) {
      this.due = now;
      return false;
    }
    const gap = SPEEDS[this.speed];
    this.due = this.due + gap > now ? this.due + gap : now + gap;
    const moved = this.#set(this.month + 1);
    this.goal = this.month;
    if (this.month >= this.months) this.playing = false;
    return moved;
  }

  /**
   * Return up to which month to ask now.
   * @param {number} known
   * @param {number} now milliseconds
   * @param {boolean} [ahead] whether to ask beforehand for what comes next, so that a step shows at once
   * @returns {number} −1 for nothing: enough is here, or an answer is under way
   */
  wants(known, now, ahead = this.playing) {
    if (this.asked > known && now - this.askedAt < 20000) return -1;
    let upto = this.goal;
    if (ahead && known < Math.min(this.months, this.month + ENOUGH)) upto = Math.max(upto, this.month + AHEAD);
    upto = Math.min(upto, this.months);
    if (upto <= known) return -1;
    this.asked = Math.min(upto, known + AHEAD);
    this.askedAt = now;
    return upto;
  }

  /** Forget what was asked for: it will not come, or came otherwise. */
  forget() {
    this.asked = -1;
  }

  /**
   * An answer came.
   * @param {number} known last month that is here now
   * @param {boolean} empty whether it held nothing: all that was asked for had been sent before
   */
  forgetIfHere(known, empty) {
    if (empty || known >= this.asked) this.forget();
  }

  /**
   * Months after one were taken back. A playhead beyond it returns as soon as they are made anew.
   * While playing, the page hears of the playhead a little late: where that alone is what was lost,
   * it plays on from there.
   * @param {number} after
   * @param {number} months the new last month
   */
  cut(after, months) {
    this.months = months;
    this.forget();
    this.seen = Math.max(0, Math.min(this.seen, after));
    if (this.month > after) {
      const back = Math.max(0, after);
      this.playing = this.playing && this.month - back <= AHEAD;
      this.goal = this.playing ? back : Math.max(this.goal, this.month);
      this.month = back;
    }
    this.goal = Math.min(this.goal, months);
    this.month = Math.min(this.month, months);
  }

  #set(month) {
    const moved = month !== this.month;
    this.month = month;
    this.seen = Math.max(this.seen, month);
    return moved;
  }
}
