import assert from "node:assert/strict";
import test from "node:test";
import { drawnOn, inside, outlinePath, shapeOf } from "../../workbench/panels/static/lasso.js";

const at = (clientX, clientY) => ({ clientX, clientY });
const AREA = { left: 10, right: 110, top: 20, bottom: 70 };

test("a pointer beyond the plot draws along its edge", () => {
  assert.deepEqual(inside(at(50, 30), AREA), at(50, 30));
  assert.deepEqual(inside(at(-5, 300), AREA), at(10, 70));
  assert.deepEqual(inside(at(500, 0), AREA), at(110, 20));
});

test("a lasso gets a corner for each step of at least three pixels", () => {
  let corners = [at(0, 0)];
  for (const x of [1, 2, 3, 4, 5, 6]) corners = drawnOn("lasso", corners, at(x, 0));
  assert.deepEqual(corners, [at(0, 0), at(3, 0), at(6, 0)]);
});

test("a box has its four corners in a round, wherever the pointer goes", () => {
  let corners = drawnOn("box", [at(5, 5)], at(9, 8));
  corners = drawnOn("box", corners, at(1, 2));
  assert.deepEqual(corners, [at(5, 5), at(1, 5), at(1, 2), at(5, 2)]);
});

test("an outline is drawn from where the plot is, from two corners on", () => {
  assert.equal(outlinePath([at(12, 24)], AREA), "");
  assert.equal(outlinePath([at(12, 24), at(30.25, 24)], AREA), "M2.0,4.0L20.3,4.0Z");
});

test("what has no area is no shape", () => {
  assert.equal(
    shapeOf("lasso", [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]),
    null,
  );
  assert.equal(shapeOf("box", [{ x: 0, y: 0 }]), null);
});

test("Python gets a lasso as all its corners, a box as two opposite ones", () => {
  const round = [
    { x: 0, y: 0 },
    { x: 2, y: 0 },
    { x: 2, y: 1 },
    { x: 0, y: 1 },
  ];
  assert.deepEqual(shapeOf("lasso", round), {
    shape: "lasso",
    corners: Float64Array.of(0, 0, 2, 0, 2, 1, 0, 1),
  });
  assert.deepEqual(shapeOf("box", round), { shape: "box", corners: Float64Array.of(0, 0, 2, 1) });
});
