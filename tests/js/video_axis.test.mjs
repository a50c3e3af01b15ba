import assert from "node:assert/strict";
import test from "node:test";
import {
  curvePath,
  faster,
  frameAt,
  HIGH,
  mergedTimes,
  pieceOf,
  stepFrom,
  ticks,
  timecode,
  wantedPieces,
} from "../../workbench/panels/static/video_axis.js";

test("times are written to the millisecond or as people say them", () => {
  assert.equal(timecode(12.04), "0:00:12.040");
  assert.equal(timecode(3725.5), "1:02:05.500");
  assert.equal(timecode(59.9996), "0:01:00.000");
  assert.equal(timecode(-1), "0:00:00.000");
  assert.equal(timecode(75, false), "1:15");
  assert.equal(timecode(3600, false), "1:00:00");
});

test("an axis has a few round marks, at any length", () => {
  assert.deepEqual(
    ticks(30, 8).map(([, text]) => text),
    ["0:00", "0:05", "0:10", "0:15", "0:20", "0:25"],
  );
  assert.deepEqual(ticks(0, 8), []);
  for (const duration of [0.04, 0.9, 5, 61, 3599, 36_000, 360_000]) {
    const marks = ticks(duration, 8);
    assert.ok(marks.length >= 1 && marks.length <= 9, `${duration}: ${marks.length}`);
    assert.ok(marks.every(([at]) => at >= 0 && at < 1));
  }
});

test("the curve holds each score until the next frame and breaks where there is none", () => {
  const scale = { low: 0, high: 1, duration: 10 };
  const { line, area } = curvePath([0, 2, 5], [0, 1, null], scale);
  assert.equal(line, `M0.00,${HIGH - 2}.00H200.00L200.00,4.00H500.00`);
  assert.equal(area.match(/Z/g)?.length, 2);
  assert.equal(curvePath([], [], scale).line, "");
});

test("a piece begins at its start, and the end belongs to the last", () => {
  assert.deepEqual(
    [0, 9.99, 10, 29.9, 30, 99].map((t) => pieceOf(t, 10, 30)),
    [0, 0, 1, 2, 2, 2],
  );
  assert.equal(pieceOf(0, 10, 3), 0);
});

test("what is wanted is what is seen, then what comes next", () => {
  const pieces = { length: 10, duration: 60, has: () => false };
  assert.deepEqual(wantedPieces(25, 1, pieces), [2, 3, 4]);
  assert.deepEqual(wantedPieces(25, -1, pieces), [2, 1, 0]);
  assert.deepEqual(wantedPieces(25, 0, pieces), [2, 3]);
  assert.deepEqual(wantedPieces(59, 1, pieces), [5]);
  assert.deepEqual(wantedPieces(25, 1, { ...pieces, has: (n) => n === 2 }), [3, 4]);
});

test("frames are found by their own times, also at a variable rate", () => {
  const times = mergedTimes([
    [1, 1.5, 3],
    [0, 0.5, 1.00001],
  ]);
  assert.deepEqual(times, [0, 0.5, 1, 1.5, 3]);
  assert.equal(frameAt(times, 2.9), 3);
  assert.equal(frameAt(times, 3), 4);
  assert.equal(frameAt(times, -1), -1);
  const video = { fps: 2, duration: 4 };
  assert.equal(stepFrom(times, 1.2, 1, video), 1.5);
  assert.equal(stepFrom(times, 1.5, -1, video), 1);
  assert.equal(stepFrom(times, 0, -1, video), 0);
  assert.equal(stepFrom([], 1, 1, video), 1.5);
});

test("J and L double the speed in one direction and begin anew in the other", () => {
  assert.deepEqual(
    [0, 1, 2, 4, 8].map((speed) => faster(speed, 1)),
    [1, 2, 4, 8, 8],
  );
  assert.equal(faster(4, -1), -1);
  assert.equal(faster(-1, -1), -2);
  assert.equal(faster(-8, 1), 1);
});
