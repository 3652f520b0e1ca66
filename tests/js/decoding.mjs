// What the model writes is what the browser reads: frames of a real run, made by the Python side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Store } from "../../simulation/browser/stage/js/frames.js";
import { decodeFrame } from "../../simulation/browser/stage/js/frames.js";
import { splitMonth } from "../../simulation/browser/stage/js/frames.js";
import { undoDifferences } from "../../simulation/browser/stage/js/frames.js";

const folder = process.env.KINDLING_FRAMES;
const setup = JSON.parse(readFileSync(join(folder, "setup.json"), "utf8"));
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const channels = setup.channels.length;
const values = setup.values.length;

function bytes(name) {
  const read = readFileSync(join(folder, name));
  return read.buffer.slice(read.byteOffset, read.byteOffset + read.length);
}

test("every month is read as it was written", () => {
  const buffer = bytes("frames.bin");
  let offset = 0;
  for (const month of expected) {
    const frame = decodeFrame(buffer, offset, channels, values);
    assert.equal(frame.month, month.month);
    assert.deepEqual([...frame.flags], month.flags);
    month.channels.forEach((channel, c) => assert.deepEqual([...frame.channels[c]], channel));
    assert.deepEqual([...frame.trust], month.trust);
    [...frame.values].forEach((value, k) => {
      if (month.values[k] === null) assert.ok(Number.isNaN(value));
      else assert.equal(value, Math.fround(month.values[k]));
    });
    assert.deepEqual(frame.source.map((source, k) => [source, frame.target[k]]), month.added);
    offset += frame.size;
  }
  assert.equal(offset, buffer.byteLength);
});

test("a store grows its ties with the months, and forgets them when months are dropped", () => {
  const store = new Store(setup);
  store.putBatch(bytes("frames.bin"));
  const last = expected.length - 1;
  assert.equal(store.last, last);
  assert.equal(store.source.length, expected[last].trust.length);
  assert.ok(expected[last].trust.length > expected[0].trust.length, "the run has new ties");
  const line = setup.charts[0].lines[0].value;
  assert.equal(store.lines[line][last], Math.fround(expected[last].values[line]));
  store.drop(1);
  assert.equal(store.last, 1);
  assert.equal(store.frame(2), null);
  assert.equal(store.source.length, expected[1].trust.length);
  assert.ok(Number.isNaN(store.lines[line][2]));
  store.adopt({ ...setup, months: setup.months });
  assert.equal(store.last, 1);
  assert.equal(store.source.length, expected[1].trust.length);
});

test("months may come before those that fill the hole", () => {
  const store = new Store(setup);
  const buffer = bytes("frames.bin");
  const frames = [];
  for (let offset = 0; offset < buffer.byteLength;) {
    frames.push(decodeFrame(buffer, offset, channels, values));
    offset += frames[frames.length - 1].size;
  }
  store.put(frames[0]);
  store.put(frames[2]);
  assert.equal(store.last, 0);
  store.put(frames[1]);
  assert.equal(store.last, 2);
});

test("the ties of a node are the living ones, the most trusted first", () => {
  const store = new Store(setup);
  store.putBatch(bytes("frames.bin"));
  const month = expected.length - 1;
  const node = setup.nodes.role.indexOf(0);
  const found = store.tiesOf(node, month);
  const frame = store.frame(month);
  const count = [...frame.trust].filter((trust, k) => trust > 0 && (store.source[k] === node || store.target[k] === node)).length;
  assert.equal(found.length, count);
  for (let k = 1; k < found.length; k += 1) assert.ok(found[k - 1].trust >= found[k].trust);
});

test("a replay's months are the same once the differences are undone", () => {
  const buffer = bytes("packed.bin");
  undoDifferences(buffer, channels, values);
  let offset = 0;
  for (const month of expected) {
    const frame = decodeFrame(buffer, offset, channels, values);
    assert.deepEqual([...frame.flags], month.flags);
    month.channels.forEach((channel, c) => assert.deepEqual([...frame.channels[c]], channel));
    frame.trust.forEach((trust, k) => {
      assert.equal(Math.floor((trust * 6) / 256), Math.floor((month.trust[k] * 6) / 256));
      assert.equal(trust === 0, month.trust[k] === 0);
    });
    offset += frame.size;
  }
  assert.equal(offset, buffer.byteLength);
});

test("two runs split in the first month in which a value differs", () => {
  const one = new Store(setup);
  const two = new Store(setup);
  one.putBatch(bytes("frames.bin"));
  two.putBatch(bytes("frames.bin"));
  assert.equal(splitMonth(one, two), -1);
  two.frames[2].values[0] += 1;
  assert.equal(splitMonth(one, two), 2);
});
