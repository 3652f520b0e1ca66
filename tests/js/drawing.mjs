// What the stage draws, as far as it can be told without a browser: ties, a closer look, labels, lines of a pair.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../../simulation/browser/stage/js/labels.js";
import { labelWidth } from "../../simulation/browser/stage/js/labels.js";
import { markPlace } from "../../simulation/browser/stage/js/labels.js";
import { chartsOf } from "../../simulation/browser/stage/js/lines.js";
import { linesOf } from "../../simulation/browser/stage/js/lines.js";
import { badgesOf } from "../../simulation/browser/stage/js/pair.js";
import { eventsOf } from "../../simulation/browser/stage/js/pair.js";
import { Frame } from "../../simulation/browser/stage/js/plot.js";
import { TieField } from "../../simulation/browser/stage/js/ties.js";
import { addLine } from "../../simulation/browser/stage/js/ties.js";
import { View } from "../../simulation/browser/stage/js/zoom.js";
import { zoomKey } from "../../simulation/browser/stage/js/zoom.js";

globalThis.ImageData = class {
  constructor(width, height) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
};

const [WIDTH, HEIGHT] = [90, 70];
const places = { x: Float32Array.of(10.3, 80.1, 44.7, 12.5, 66.6), y: Float32Array.of(12.8, 61.2, 8.4, 60.9, 33.3) };
const ends = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [0, 2]];
const store = { source: ends.map(([one]) => one), target: ends.map(([, two]) => two), kind: [0, 0, 1, 0, 0, 1] };
const month = (...trust) => ({ ties: trust.length, trust: Uint8Array.from(trust) });
const field = (strong = false) => new TieField(WIDTH, HEIGHT, 1, strong);
const picture = (image) => Buffer.from(image.data).toString("hex");

test("a line of ink can be taken away again, to the last drop", () => {
  for (const [x0, y0, x1, y1, thick] of [[10.2, 5.5, 80.9, 20.1, 1], [80, 60, 3, 61, 2], [40.5, 3, 41, 66, 1], [5, 66, 60, 4, 3], [20, 20, 20, 20, 1]]) {
    const sums = new Int32Array(WIDTH * HEIGHT);
    addLine(sums, WIDTH, HEIGHT, x0, y0, x1, y1, thick, 100);
    const inked = sums.reduce((all, each) => all + each, 0);
    const long = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    assert.ok(Math.abs(inked - 6400 * thick * long) <= 6400 * thick, `${inked} for ${long} pixels`);
    addLine(sums, WIDTH, HEIGHT, x0, y0, x1, y1, thick, -60);
    addLine(sums, WIDTH, HEIGHT, x0, y0, x1, y1, thick, -40);
    assert.ok(sums.every((each) => each === 0));
  }
});

test("a line that leaves the picture stays within it", () => {
  const sums = new Int32Array(WIDTH * HEIGHT);
  addLine(sums, WIDTH, HEIGHT, -500, -300, 900, 700, 2, 7);
  addLine(sums, WIDTH, HEIGHT, 45, -4000, 45, 4000, 1, 7);
  assert.equal(sums.length, WIDTH * HEIGHT);
  assert.ok(sums[35 * WIDTH + 44] + sums[35 * WIDTH + 45] > 0);
});

test("ties look the same whichever months were shown before", () => {
  const months = [month(250, 90, 130, 30, 0), month(20, 200, 130, 255, 90, 77), month(0, 0, 0, 0, 0), month(255, 255, 255, 255, 255, 255)];
  const fresh = months.map((each) => picture(field().show(store, each, places, 1)));
  assert.equal(new Set(fresh).size, months.length);
  const walked = field();
  for (const k of [0, 1, 2, 3, 1, 0, 3, 2, 0]) assert.equal(picture(walked.show(store, months[k], places, 1)), fresh[k]);
  const faint = walked.show(store, months[3], places, 0.45).data;
  assert.notEqual(picture({ data: faint }), fresh[3]);
  assert.equal(picture(walked.show(store, months[3], places, 1)), fresh[3]);
});

test("more trust is darker, and a tie that is gone leaves nothing", () => {
  const darkest = (trust) => Math.max(...field().show(store, month(trust), places, 1).data.filter((_, k) => k % 4 === 3));
  const shades = [0, 30, 120, 255].map(darkest);
  assert.equal(shades[0], 0);
  for (let k = 1; k < shades.length; k += 1) assert.ok(shades[k] > shades[k - 1], `${shades}`);
});

test("a closer look keeps the point under the hand, and never leaves the town", () => {
  const home = { x: Float32Array.of(75), y: Float32Array.of(30), radius: Float32Array.of(5) };
  const view = new View();
  assert.equal(view.placed(home, 100, 100), home);
  view.zoom(2, 0.75, 0.3);
  const near = view.placed(home, 100, 100);
  assert.ok(Math.abs(near.x[0] - 75) < 1e-3 && Math.abs(near.y[0] - 30) < 1e-3);
  assert.ok(near.radius[0] > 5);
  view.pan(-10, 0);
  assert.equal(view.x, 1 - 0.5 / view.scale);
  view.reach(0.1, 0.9);
  const [x, y] = [(0.1 - view.x) * view.scale + 0.5, (0.9 - view.y) * view.scale + 0.5];
  assert.ok(x > 0 && x < 1 && y > 0 && y < 1, "who has the focus is in sight");
  assert.ok(zoomKey(view, "0") && view.whole && view.x === 0.5);
  for (let k = 0; k < 20; k += 1) zoomKey(view, "+");
  assert.ok(view.scale <= 8);
  for (let k = 0; k < 20; k += 1) zoomKey(view, "-");
  assert.ok(view.whole);
  assert.ok(!zoomKey(view, "a"));
});

test("words at a mark stand where no line and no label is", () => {
  const frame = new Frame({ width: 300, height: 160, left: 40, right: 60, font: 14 }, 100, { low: 0, high: 1 });
  const mark = { width: 80, at: 0.5 };
  const above = Float32Array.from({ length: 101 }, () => 0.6);
  const crossing = Float32Array.from({ length: 101 }, (_, m) => 0.2 + m / 160);
  const box = (place) => ({ left: place.x, right: place.x + 80, top: place.y - 8, bottom: place.y + 8 });
  for (const lines of [[{ numbers: above }], [{ numbers: crossing }], [{ numbers: above }, { numbers: crossing }]]) {
    for (const now of [5, 50, 100]) {
      const labels = [{ x: frame.x(now) + 8, y: frame.y(lines[0].numbers[now]), width: 50, height: 16 }];
      const place = markPlace(frame, mark, lines, labels, now, 100);
      const { left, right, top, bottom } = box(place);
      for (const { numbers } of lines) {
        for (let m = 0; m <= 100; m += 1) {
          const [x, y] = [frame.x(m), frame.y(numbers[m])];
          assert.ok(!(x > left && x < right && y > top && y < bottom), `${now}: ${place.name} lies upon a line`);
        }
      }
      const [label] = labels;
      const apart = label.x > right || label.x + label.width < left || label.y - 8 >= bottom || label.y + 8 <= top;
      assert.ok(apart, `${now}: ${place.name} lies upon a label`);
    }
  }
  const still = markPlace(frame, mark, [], [], 10, 10);
  assert.equal(markPlace(frame, { ...mark, before: "right below" }, [], [], 10, 10).name, "right below", "words stay where they are free");
  assert.notEqual(still.name, "right below");
});

test("a label takes two lines where that is narrower", () => {
  const wide = (text) => 10 * text.length;
  assert.equal(labelWidth(wide, "0.50", "all"), 50);
  assert.equal(labelWidth(wide, "0.50", "across groups"), 110);
  assert.equal(labelWidth(wide, "0.50", ""), 50);
});

test("a label that is too long is broken at its words, and cut only at the end of the third line", () => {
  const context = { measureText: (text) => ({ width: 10 * text.length }) };
  assert.deepEqual(fitted(context, "all", 100, 50), ["all"]);
  assert.deepEqual(fitted(context, "own group", 100, 50), ["own", "group"]);
  assert.deepEqual(fitted(context, "across groups", 70, 50), ["", "across", "groups"]);
  assert.deepEqual(fitted(context, "institutions", 80, 50), ["", "institu…"]);
  assert.deepEqual(fitted(context, "one two three four five", 50, 30), ["", "one", "two…"]);
});

test("a pair shows what either town has, under its own name", () => {
  const setup = (label, groups, extra = []) => ({ label,
    charts: [{ key: "wellbeing", lines: groups.map((name, value) => ({ label: name, value, style: value })) }, ...extra] });
  const numbers = (...values) => Float32Array.from(values);
  const a = { setup: setup("A", ["north", "south"]), lines: [numbers(0.1), numbers(0.2)] };
  const b = { setup: setup("B", ["west", "south"], [{ key: "trust", lines: [{ label: "all", value: 0 }] }]), lines: [numbers(0.3), numbers(0.4)] };
  const charts = chartsOf([a.setup, b.setup]);
  assert.deepEqual(charts.map(({ key }) => key), ["wellbeing", "trust"]);
  const lines = linesOf(charts[0], [a, b]);
  assert.deepEqual(lines.map((line) => line.label), ["A north", "A south", "B south", "B west"]);
  const [, , south, west] = lines;
  assert.equal(south.numbers[0], Math.fround(0.4));
  assert.equal(west.numbers[0], Math.fround(0.3));
  assert.notEqual(west.colour, lines[0].colour);
  assert.equal(a.setup.charts[0].lines.length, 2, "a setup is not changed");
  assert.deepEqual(linesOf(charts[1], [a, b]).map((line) => line.label), ["B"]);
});

test("what only one of two runs has says whose it is", () => {
  const words = { "pair.only": "{label}: {title}" };
  const run = (label, events, level) => ({ setup: { label, events, badges: [{ value: 0, label: "sustained?", words: ["no", "yes"] }] }, frame: () => ({ values: [level] }) });
  const event = (id, title) => ({ id, title, month: 3 });
  const stores = [run("A", [event("g", "grant")], 1), run("B", [event("g", "grant"), event("s", "shock")], 0)];
  assert.deepEqual(eventsOf(stores, words).map(({ title }) => title), ["grant", "B: shock"]);
  assert.deepEqual(eventsOf(stores.slice(0, 1), words).map(({ title }) => title), ["grant"]);
  assert.deepEqual(badgesOf(stores, 3).map(({ label, word }) => `${label} ${word}`), ["A: sustained? yes", "B: sustained? no"]);
});
