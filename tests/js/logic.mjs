// What the stage decides without a browser: time, encoding, drawing a line, the log, the map's arrows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../simulation/browser/stage/js/clock.js";
import { SPEEDS } from "../../simulation/browser/stage/js/clock.js";
import { yearAndMonth } from "../../simulation/browser/stage/js/clock.js";
import { phrase } from "../../simulation/browser/stage/js/dom.js";
import { formatValue } from "../../simulation/browser/stage/js/encode.js";
import { groupOf } from "../../simulation/browser/stage/js/encode.js";
import { lineStyle } from "../../simulation/browser/stage/js/encode.js";
import { niceScale } from "../../simulation/browser/stage/js/encode.js";
import { stepOf } from "../../simulation/browser/stage/js/encode.js";
import { tieStyle } from "../../simulation/browser/stage/js/encode.js";
import { visibleEntries } from "../../simulation/browser/stage/js/facts.js";
import { layOut } from "../../simulation/browser/stage/js/places.js";
import { neighbourTowards } from "../../simulation/browser/stage/js/places.js";
import { nodeAt } from "../../simulation/browser/stage/js/places.js";
import { agreeing } from "../../simulation/browser/stage/js/lines.js";
import { numbersOf } from "../../simulation/browser/stage/js/lines.js";
import { spread } from "../../simulation/browser/stage/js/labels.js";
import { yearTicks } from "../../simulation/browser/stage/js/lines.js";
import { Sketch } from "../../simulation/browser/stage/js/sketch.js";
import { flagRows } from "../../simulation/browser/stage/js/transport.js";

test("the clock moves a month at a time and stops at once", () => {
  const clock = new Clock(24);
  clock.play(0);
  assert.ok(clock.advance(0, 24));
  assert.equal(clock.month, 1);
  assert.ok(!clock.advance(SPEEDS.normal - 1, 24));
  assert.ok(clock.advance(SPEEDS.normal, 24));
  clock.pause();
  assert.ok(!clock.advance(10000, 24));
  assert.ok(!clock.arrive(24));
  assert.equal(clock.month, 2);
});

test("the clock waits for months that are not here, without running after them", () => {
  const clock = new Clock(24);
  clock.play(0);
  assert.ok(!clock.advance(0, 0));
  assert.ok(clock.advance(5000, 12));
  assert.equal(clock.month, 1);
  assert.ok(!clock.advance(5000, 12));
});

test("it stops at the last month, and plays again from the start", () => {
  const clock = new Clock(2);
  clock.play(0);
  clock.advance(0, 2);
  clock.advance(1000, 2);
  assert.equal(clock.month, 2);
  assert.ok(!clock.playing);
  clock.play(2000);
  assert.equal(clock.month, 0);
  assert.equal(clock.seen, 2);
});

test("it asks for a year ahead while playing, for one month on a step, and waits for the answer", () => {
  const clock = new Clock(240);
  assert.equal(clock.wants(-1, 0), 0);
  clock.forgetIfHere(0, false);
  clock.go(1, 0);
  assert.equal(clock.wants(0, 1), 1);
  assert.equal(clock.wants(0, 2), -1);
  clock.forgetIfHere(1, false);
  clock.arrive(1);
  assert.equal(clock.month, 1);
  clock.play(3);
  assert.equal(clock.wants(1, 3), 13);
  clock.forgetIfHere(13, false);
  assert.equal(clock.wants(13, 4), -1);
});

test("it asks ahead while it stands still, so that a step has its month already", () => {
  const clock = new Clock(240);
  assert.equal(clock.wants(0, 0), -1);
  assert.equal(clock.wants(0, 0, true), 12);
  clock.forgetIfHere(12, false);
  clock.go(6, 12);
  assert.deepEqual([clock.month, clock.seen], [6, 6]);
  assert.equal(clock.wants(12, 1, true), -1);
  clock.go(7, 12);
  assert.equal(clock.wants(12, 2, true), 19);
  clock.cut(7, 240);
  assert.equal(clock.month, 7);
  assert.equal(clock.wants(7, 3, true), 19);
  clock.forgetIfHere(19, false);
  clock.go(100, 19);
  assert.equal(clock.wants(19, 4, true), 100);
});

test("a far scrub is asked for in years, and an answer in parts is no answer yet", () => {
  const clock = new Clock(240);
  clock.go(100, 0);
  assert.equal(clock.month, 0);
  assert.equal(clock.wants(0, 0), 100);
  clock.forgetIfHere(11, false);
  assert.equal(clock.wants(11, 1), -1);
  clock.forgetIfHere(12, false);
  clock.arrive(12);
  assert.equal(clock.month, 12);
  assert.equal(clock.wants(12, 2), 100);
});

test("months taken back send the playhead back until they are made anew", () => {
  const clock = new Clock(240);
  clock.go(30, 60);
  clock.cut(12, 240);
  assert.deepEqual([clock.month, clock.seen, clock.goal], [12, 12, 30]);
  clock.arrive(24);
  clock.arrive(36);
  assert.equal(clock.month, 30);
  clock.cut(40, 240);
  assert.equal(clock.month, 30);
});

test("a change a few months back does not stop the clock, one far back does", () => {
  const clock = new Clock(240);
  clock.go(30, 60);
  clock.play(0);
  clock.cut(27, 240);
  assert.deepEqual([clock.month, clock.goal, clock.playing], [27, 27, true]);
  assert.equal(clock.advance(500, 27), false, "what comes is not known yet");
  assert.equal(clock.wants(27, 500), 39);
  assert.equal(clock.advance(500, 39), true);
  assert.equal(clock.month, 28);
  clock.cut(4, 240);
  assert.deepEqual([clock.month, clock.goal, clock.playing], [4, 28, false]);
});

test("months are said as years and months", () => {
  assert.deepEqual(yearAndMonth(0), { year: 0, month: 0 });
  assert.deepEqual(yearAndMonth(1), { year: 1, month: 1 });
  assert.deepEqual(yearAndMonth(12), { year: 1, month: 12 });
  assert.deepEqual(yearAndMonth(30), { year: 3, month: 6 });
});

test("fills have six even steps, and ties grow wider and darker with trust", () => {
  const counts = new Array(6).fill(0);
  for (let byte = 0; byte < 256; byte += 1) counts[stepOf(byte)] += 1;
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
  for (let step = 1; step < 6; step += 1) {
    assert.ok(tieStyle(step, false).width > tieStyle(step - 1, false).width);
    assert.ok(tieStyle(step, false).opacity > tieStyle(step - 1, false).opacity);
  }
});

test("lines of one chart differ by dash as well as by hue", () => {
  const dashes = new Set([0, 1, 2, 3, 4].map((style) => lineStyle(style, 0, false, false).dash.join()));
  assert.equal(dashes.size, 5);
  assert.notDeepEqual(lineStyle(0, 0, true, false).dash, lineStyle(0, 1, true, false).dash);
});

test("a newcomer of the other of two groups is drawn as one", () => {
  const setup = { groups: ["north", "south"], nodes: { group: [0] } };
  assert.equal(groupOf(setup, 0, 1), 0);
  assert.equal(groupOf(setup, 0, 1 | 64), 1);
  assert.equal(groupOf({ ...setup, groups: ["a", "b", "c"] }, 0, 1 | 64), -1);
});

test("numbers are written as people read them", () => {
  assert.equal(formatValue(0.4213, ""), "0.42");
  assert.equal(formatValue(0.4213, "%"), "42 %");
  assert.equal(formatValue(-0.0001, ""), "0.00");
  assert.equal(formatValue(-1.5, ""), "−1.50");
  assert.equal(formatValue(NaN, ""), "–");
});

test("axes end at round numbers that hold all values", () => {
  for (const [low, high] of [[0, 1], [0, 0.37], [-0.013, 0.041], [2, 2], [0, 1234]]) {
    const scale = niceScale(low, high);
    assert.ok(scale.low <= low && scale.high >= high, `${low} ${high}`);
    assert.ok(scale.ticks.length >= 2 && scale.ticks.length <= 5, `${scale.ticks}`);
  }
  assert.deepEqual(niceScale(0, 1).ticks, [0, 0.5, 1]);
  assert.deepEqual(niceScale(NaN, NaN).ticks, [0, 0.5, 1]);
  assert.deepEqual(yearTicks(240, 5), [0, 60, 120, 180, 240]);
});

test("labels are moved apart and stay inside", () => {
  const labels = [50, 51, 52].map((y) => ({ y, height: 16 }));
  spread(labels, 0, 100);
  const sorted = labels.map((label) => label.y).sort((one, two) => one - two);
  assert.ok(sorted[1] - sorted[0] >= 16 && sorted[2] - sorted[1] >= 16);
  const low = [{ y: 99, height: 16 }, { y: 99, height: 16 }];
  spread(low, 0, 100);
  assert.ok(Math.max(...low.map((label) => label.y)) <= 92);
});

test("where two runs agree, one label stands for both", () => {
  const make = (run, value) => ({ run, line: 0, label: "AB"[run], both: "A, B", numbers: [value] });
  assert.deepEqual(agreeing([make(0, 0.5), make(1, 0.501)], 0, "").map((each) => each.label), ["A, B"]);
  assert.deepEqual(agreeing([make(0, 0.5), make(1, 0.6)], 0, "").map((each) => each.label), ["A", "B"]);
  assert.deepEqual(agreeing([make(0, NaN), make(1, 0.6)], 0, "").map((each) => each.label), ["B"]);
});

test("flags that have no room keep their pole and lose their words", () => {
  assert.deepEqual(flagRows([{ from: 0, to: 50 }, { from: 10, to: 60 }, { from: 20, to: 70 }, { from: 55, to: 90 }], 2), [0, 1, -1, 0]);
});

test("a drawn line goes through its knots and stays flat after the last", () => {
  const sketch = new Sketch(10, 0.2, 100);
  assert.ok(sketch.empty);
  assert.ok(Number.isNaN(sketch.at(20)));
  sketch.set(20, 0.4);
  assert.equal(sketch.at(15), 0.30000000000000004);
  assert.equal(sketch.at(90), 0.4);
  sketch.drag([30, 0.5], [60, 0.8]);
  sketch.drag([20, 0.1], [60, 0.9]);
  assert.deepEqual(sketch.points(), [[10, 0.2], [20, 0.1], [60, 0.9]]);
  sketch.set(3, 0.7);
  assert.equal(sketch.points()[1][0], 11);
});

test("the log shows what lies before the playhead, the latest first, shared lines once", () => {
  const entry = (month, text, kind = "event") => ({ month, kind, text });
  const a = { entries: [entry(1, "grant"), entry(5, "leader", "leader"), entry(9, "later")] };
  const b = { entries: [entry(1, "grant"), entry(6, "only B")] };
  const texts = (found) => found.map((each) => `${each.run}${each.entry.text}`);
  assert.deepEqual(texts(visibleEntries([a], 5, "", 10)), ["0leader", "0grant"]);
  assert.deepEqual(texts(visibleEntries([a], 5, "leader", 10)), ["0leader"]);
  assert.deepEqual(texts(visibleEntries([a, b], 6, "", 10)), ["1only B", "0leader", "-1grant"]);
  assert.equal(visibleEntries([a, b], 9, "", 2).length, 2);
});

test("arrows reach everybody, and a click finds the nearest", () => {
  const x = [];
  const y = [];
  for (let k = 0; k < 60; k += 1) {
    x.push((Math.sin(k * 12.9) + 1) / 2);
    y.push((Math.sin(k * 78.2) + 1) / 2);
  }
  const places = layOut({ space: "network", nodes: { x, y, role: x.map(() => 0) } }, 500, 400, 1);
  const reached = new Set([0]);
  const queue = [0];
  while (queue.length) {
    const from = queue.pop();
    for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const next = neighbourTowards(places, from, right, down);
      if (!reached.has(next)) {
        reached.add(next);
        queue.push(next);
      }
    }
  }
  assert.equal(reached.size, 60);
  assert.equal(nodeAt(places, places.x[7], places.y[7], 5), 7);
  assert.equal(nodeAt(places, -100, -100, 5), -1);
});

test("a line of another town is found by its name, whatever its place there", () => {
  const west = new Float32Array([0.1]);
  const north = new Float32Array([0.7]);
  const lines = [{ label: "west", value: 0 }, { label: "north", value: 1 }];
  const other = { setup: { charts: [{ key: "wellbeing", lines }] }, lines: [west, north] };
  assert.equal(numbersOf(other, { key: "wellbeing" }, { label: "north", value: 0 }), north);
  assert.equal(numbersOf(other, { key: "wellbeing" }, { label: "south", value: 1 }).length, 0);
  assert.equal(numbersOf(other, { key: "trust" }, { label: "north", value: 1 }).length, 0);
});

test("words are filled in, and chosen by number", () => {
  const words = { hello: "Hi {name}", people: { one: "{n} person", other: "{n} people" } };
  assert.equal(phrase(words, "hello", { name: "Ada" }), "Hi Ada");
  assert.equal(phrase(words, "people", { n: 1 }), "1 person");
  assert.equal(phrase(words, "people", { n: 3 }), "3 people");
  assert.equal(phrase(words, "missing"), "missing");
});
