import assert from "node:assert/strict";
import test from "node:test";
import {
  barAt,
  barsPath,
  cursorAfter,
  HIGH,
  spanPath,
  spanText,
  WIDE,
} from "../../workbench/panels/static/time_axis.js";

const tallOf = (path) => [...path.matchAll(/v(-[\d.]+)/g)].map((found) => -Number(found[1]));

test("the bar under the pointer is the one it stands in, at the edges the nearest", () => {
  assert.equal(barAt(0, 4), 0);
  assert.equal(barAt(0.499, 4), 1);
  assert.equal(barAt(0.5, 4), 2);
  assert.equal(barAt(1, 4), 3);
  assert.equal(barAt(-0.2, 4), 0);
  assert.equal(barAt(0.5, 0), 0);
});

test("a bar is as tall as its share of the tallest, and what is not empty is seen", () => {
  assert.deepEqual(tallOf(barsPath([10, 5, 0, 1000], 1000, false, false)), [2, 2, HIGH]);
  assert.equal(barsPath([], 1, false, true), "");
});

test("on the logarithm few are seen beside many", () => {
  const [few, many] = tallOf(barsPath([9, 999], 999, true, false));
  assert.equal(many, HIGH);
  assert.ok(Math.abs(few - HIGH / 3) < 0.01);
});

test("narrow bars stand in the middle of wide ones", () => {
  const [, left, wide] = barsPath([1, 1], 1, false, true).match(/^M([\d.]+),.*?h([\d.]+)/);
  assert.deepEqual([Number(left), Number(wide)], [WIDE / 8, WIDE / 4]);
});

test("a span covers its bars in whichever direction it was drawn", () => {
  assert.equal(spanPath(1, 2, 4), "M250,0H750V120H250Z");
  assert.equal(spanPath(2, 1, 4), spanPath(1, 2, 4));
  assert.equal(spanPath(-1, -1, 4), "");
});

test("the cursor enters from either side and stays among the bars", () => {
  assert.equal(cursorAfter("ArrowRight", -1, 5), 0);
  assert.equal(cursorAfter("ArrowLeft", -1, 5), 4);
  assert.equal(cursorAfter("ArrowRight", 4, 5), 4);
  assert.equal(cursorAfter("ArrowLeft", 0, 5), 0);
  assert.equal(cursorAfter("Home", 3, 5), 0);
  assert.equal(cursorAfter("End", -1, 5), 4);
  assert.equal(cursorAfter("Enter", 3, 5), null);
});

test("what is told of a span adds up its bars", () => {
  const bars = { names: ["2018", "2019", "2020"], all: [1, 2000, 0], hits: [0, 3, 0], selected: null };
  assert.equal(spanText(bars, 0), "2018: 1 image, 0 hits");
  assert.equal(spanText(bars, 2, 0), "2018 to 2020: 2,001 images, 3 hits");
  assert.equal(
    spanText({ ...bars, hits: null, selected: [1, 1, 0] }, 1, 2),
    "2019 to 2020: 2,000 images, 1 selected",
  );
});
