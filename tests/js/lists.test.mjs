import assert from "node:assert/strict";
import test from "node:test";
import { debounced } from "../../workbench/panels/static/dom.js";
import { clamp, fileName, number, percent, plural } from "../../workbench/panels/static/format.js";
import { stepTo } from "../../workbench/panels/static/lazy.js";

test("arrow keys walk a grid of seven in rows of three and stay in it", () => {
  assert.equal(stepTo("ArrowRight", 2, 7, 3), 3);
  assert.equal(stepTo("ArrowLeft", 0, 7, 3), 0);
  assert.equal(stepTo("ArrowDown", 1, 7, 3), 4);
  assert.equal(stepTo("ArrowDown", 5, 7, 3), 6);
  assert.equal(stepTo("ArrowUp", 1, 7, 3), 0);
  assert.equal(stepTo("Home", 5, 7, 3), 0);
  assert.equal(stepTo("End", 0, 7, 3), 6);
  assert.equal(stepTo("Enter", 0, 7, 3), null);
});

test("numbers are written as in English", () => {
  assert.equal(number(1234567), "1,234,567");
  assert.equal(number(undefined), "0");
  assert.equal(plural(1, "face"), "1 face");
  assert.equal(plural(0, "face"), "0 faces");
  assert.equal(percent(0.126), "13 %");
  assert.equal(fileName("a/b/c.jpg"), "c.jpg");
});

test("a value is kept between its bounds; of bounds that cross the lower one counts", () => {
  assert.deepEqual(
    [-1, 0.5, 2].map((value) => clamp(value, 0, 1)),
    [0, 0.5, 1],
  );
  assert.equal(clamp(3, 0, -1), 0);
});

test("of many calls in a short time the last one counts", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const heard = [];
  const later = debounced((value) => heard.push(value), 100);
  later(1);
  context.mock.timers.tick(99);
  later(2);
  context.mock.timers.tick(99);
  assert.deepEqual(heard, []);
  context.mock.timers.tick(1);
  assert.deepEqual(heard, [2]);
  later(3);
  later.cancel();
  context.mock.timers.tick(1000);
  assert.deepEqual(heard, [2]);
});
