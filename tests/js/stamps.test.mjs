import assert from "node:assert/strict";
import test from "node:test";
import {
  crossed,
  disc,
  positions,
  printer,
  printPlaces,
  ringed,
} from "../../workbench/panels/static/stamps.js";

const RED = [200, 0, 0];
const picture = (width, height) => ({ data: new Uint8ClampedArray(4 * width * height), width, height });
const pixel = ({ data, width }, x, y) => [...data.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];

test("bits are counted from the lowest of each byte", () => {
  assert.deepEqual(positions(new DataView(Uint8Array.of(0b00000101, 0, 0b10000000).buffer)), [0, 2, 23]);
  assert.deepEqual(positions(new DataView(new ArrayBuffer(0))), []);
});

test("a disc covers as many pixels as its area", () => {
  for (const radius of [2, 5, 9]) {
    const area = disc(radius).cover.reduce((sum, own) => sum + own, 0);
    assert.ok(Math.abs(area / (Math.PI * radius ** 2) - 1) < 0.05, `${area} for a radius of ${radius}`);
  }
});

test("a ring is empty in its middle, a cross is not", () => {
  const middle = ({ side, cover }) => cover[(side * side - 1) / 2];
  assert.equal(middle(ringed(1)), 0);
  assert.equal(middle(crossed(1)), 1);
});

test("a stamp is printed where its place is on the map, y upwards", () => {
  const image = picture(40, 20);
  printer(image, [0, 4], [0, 2])(disc(3), 1, 1.5, RED);
  assert.deepEqual(pixel(image, 10, 5), [...RED, 255]);
  assert.deepEqual(pixel(image, 10, 14), [0, 0, 0, 0]);
  assert.deepEqual(pixel(image, 30, 5), [0, 0, 0, 0]);
});

test("what lies over the edge or beyond it prints only what is in the picture", () => {
  const image = picture(10, 10);
  const print = printer(image, [0, 1], [0, 1]);
  print(disc(3), 0, 0, RED);
  print(disc(3), 50, -50, RED);
  assert.deepEqual(pixel(image, 0, 9), [...RED, 255]);
  assert.deepEqual(pixel(image, 9, 9), [0, 0, 0, 0]);
});

test("places come as little-endian float32, x before y", () => {
  const bytes = new DataView(new ArrayBuffer(16));
  for (const [i, value] of [1, 2, -3, 0.5].entries()) bytes.setFloat32(4 * i, value, true);
  const printed = [];
  printPlaces((_, x, y, colour) => printed.push([x, y, colour]), bytes, disc(1), RED);
  assert.deepEqual(printed, [
    [1, 2, RED],
    [-3, 0.5, RED],
  ]);
});
