import assert from "node:assert/strict";
import test from "node:test";
import {
  chipText,
  comparisons,
  shownChips,
  tellsMore,
  weightText,
} from "../../workbench/panels/static/query_chips.js";

const words = (label, more = {}) => ({ kind: "words", label, weight: 1, plus: true, ...more });

test("what is compared is no chip, and the others keep their place in the query", () => {
  const shown = shownChips([
    words("a coat"),
    { kind: "over", label: "persons", weight: 1, plus: true },
    words("red"),
  ]);
  assert.deepEqual(
    shown.map((chip) => [chip.label, chip.position]),
    [
      ["a coat", 0],
      ["red", 2],
    ],
  );
});

test("one phrase that is simply wanted needs no chip, all else does", () => {
  assert.equal(tellsMore([]), false);
  assert.equal(tellsMore([words("boat")]), false);
  assert.equal(tellsMore([words("boat", { plus: false })]), true);
  assert.equal(tellsMore([words("boat", { weight: 0.5 })]), true);
  assert.equal(tellsMore([words("evidence", { kind: "tag" })]), true);
  assert.equal(tellsMore([words("boat"), words("harbour")]), true);
});

test("a chip is read out with its kind and its weight", () => {
  assert.equal(chipText(words("boat")), "boat");
  assert.equal(chipText(words("IMG_12", { kind: "like", weight: 0.5 })), "like IMG_12 ×0.5");
  assert.equal(weightText(words("boat")), "");
});

test("a comparison that is asked for and not among the usual ones can still be seen", () => {
  assert.deepEqual(comparisons(["faces"], ""), [
    ["", "whole images"],
    ["faces", "faces"],
    ["images faces", "all of these"],
  ]);
  assert.deepEqual(comparisons(["faces"], "faces texts").at(-1), ["faces texts", "faces texts"]);
  assert.equal(comparisons(["faces"], "faces").length, 3);
});
