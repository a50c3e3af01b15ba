import assert from "node:assert/strict";
import test from "node:test";
import { boxBetween, inWords, nudged } from "../../workbench/panels/static/boxes.js";

const SHAPE = [100, 50];

test("a box is the same from whichever corner it is drawn", () => {
  assert.deepEqual(boxBetween([30, 5], [10, 25]), [10, 5, 20, 20]);
  assert.deepEqual(boxBetween([10, 25], [30, 5]), [10, 5, 20, 20]);
});

test("an arrow key moves a box and stops at the edge of the photo", () => {
  assert.deepEqual(nudged([10, 10, 20, 20], SHAPE, "ArrowRight", false, 2), [12, 10, 20, 20]);
  assert.deepEqual(nudged([79, 10, 20, 20], SHAPE, "ArrowRight", false, 2), [80, 10, 20, 20]);
  assert.deepEqual(nudged([10, 1, 20, 20], SHAPE, "ArrowUp", false, 2), [10, 0, 20, 20]);
});

test("with its corner moved a box grows and shrinks, but never to nothing", () => {
  assert.deepEqual(nudged([10, 10, 20, 20], SHAPE, "ArrowDown", true, 2), [10, 10, 20, 22]);
  assert.deepEqual(nudged([10, 29, 20, 20], SHAPE, "ArrowDown", true, 2), [10, 29, 20, 21]);
  assert.deepEqual(nudged([10, 10, 3, 20], SHAPE, "ArrowLeft", true, 2), [10, 10, 2, 20]);
});

test("where a box is, in words", () => {
  assert.equal(inWords([0, 0, 0.2, 0.2]), "upper left");
  assert.equal(inWords([0.4, 0.4, 0.2, 0.2]), "middle centre");
  assert.equal(inWords([0.9, 0.9, 0.1, 0.1]), "lower right");
});
