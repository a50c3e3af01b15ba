import assert from "node:assert/strict";
import test from "node:test";
import { scaleBar, tilesOf, worldView } from "../../workbench/panels/static/world_view.js";

const near = (values, expected) => {
  assert.equal(values.length, expected.length);
  for (const [i, value] of values.entries()) {
    assert.ok(Math.abs(value - expected[i]) < 1e-9, `${values} is not ${expected}`);
  }
};
const world = () => worldView(() => [800, 400]);

test("the middle of the world lies in the middle of the map, north is up", () => {
  near(world().toScreen(0, 0), [400, 200]);
  near(world().toScreen(0, 0.1), [400, 110]);
});

test("from the screen to the world and back leads to the same place", () => {
  const { look, toScreen, toWorld } = world();
  look({ x: 0.12, y: -0.2, scale: 5000 });
  near(toScreen(...toWorld(123, 45)), [123, 45]);
});

test("what is under the pointer stays there when the map is zoomed", () => {
  const { toWorld, zoom } = world();
  const before = toWorld(300, 150);
  zoom(3, 300, 150);
  near(toWorld(300, 150), before);
});

test("the middle never leaves the world, and no zoom goes beyond its bounds", () => {
  const { view, look, move, zoom } = world();
  move(1e9, -1e9);
  assert.deepEqual([view.x, view.y], [0.5, -0.5]);
  zoom(1e-9);
  assert.equal(view.scale, 40);
  look({ scale: 1e12 });
  assert.equal(view.scale, 6e7);
});

test("a scale bar has a round length that fits into its 100 pixels", () => {
  const { metres, pixels } = scaleBar({ y: 0, scale: 40075.0167 }); // one pixel is a kilometre at the equator
  assert.equal(metres, 100000);
  near([pixels], [100]);
  assert.equal(scaleBar({ y: 0, scale: 50000 }).metres, 50000);
  for (const scale of [41, 999, 12345, 6e7]) assert.ok(scaleBar({ y: 0.2, scale }).pixels <= 100 + 1e-9);
});

test("the same pixels are fewer metres far from the equator", () => {
  const length = ({ metres, pixels }) => metres / pixels;
  near(
    [length(scaleBar({ y: 0.2, scale: 900 })) / length(scaleBar({ y: 0, scale: 900 }))],
    [1 / Math.cosh(2 * Math.PI * 0.2)],
  );
});

test("the tiles asked for are those that the map shows, and none beyond the world", () => {
  assert.deepEqual(tilesOf({ scale: 512 }, [-0.9, 0.9], [0.9, -0.9]), {
    z: 1,
    count: 2,
    columns: [0, 1],
    rows: [0, 1],
  });
  assert.deepEqual(tilesOf({ scale: 1024 }, [0.01, 0.2], [0.2, -0.2]), {
    z: 2,
    count: 4,
    columns: [2, 2],
    rows: [1, 2],
  });
});
