/** Fitting a stage to a window: the map and the chart take what the rest leaves, so that nobody has to scroll. */

const LEAST = 200;
const MARGIN = 22;

/**
 * Set the heights of a map and a chart that stand side by side.
 * @param {HTMLElement} main holds both sides
 * @param {HTMLElement} bar what has to stay in view below them
 * @param {{section: HTMLElement, part: HTMLElement, below: HTMLElement}[]} sides the part of each that grows, and what belongs right below it
 */
export function fitToWindow(main, bar, sides) {
  const beside = getComputedStyle(main).gridTemplateColumns.split(" ").length > 1;
  const top = main.getBoundingClientRect().top + window.scrollY;
  const room = window.innerHeight - top - bar.offsetHeight - MARGIN;
  for (const { section, part, below } of sides) {
    const above = part.getBoundingClientRect().top - section.getBoundingClientRect().top;
    const height = Math.max(LEAST, Math.floor(room - above - below.offsetHeight));
    part.style.height = beside ? `${height}px` : "";
  }
}
