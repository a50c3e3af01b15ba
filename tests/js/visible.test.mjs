import assert from "node:assert/strict";
import { test } from "node:test";
import { visible } from "../../workbench/panels/static/dom.js";

test("what cannot be seen of a text, or would turn what stands beside it, is written out", () => {
  assert.equal(visible("\u202egpj.exe\u2066"), "\\u202egpj.exe\\u2066");
  assert.equal(visible("\u0007 bell \u009b \u200f \ufeff"), "\\u0007 bell \\u009b \\u200f \\ufeff");
});

test("lines, letters of every script and signs of several parts stay as they are", () => {
  for (const text of ["two\nlines\tapart", "שלום עולם", "猫と犬", "👩‍👩‍👧", "<b>&amp;</b>", "\u00a0"])
    assert.equal(visible(text), text);
});
