// @ts-check
// Shelf: one bar for what is selected; saved selections are opened alone or combined with it.

import { button, h, setText } from "./dom.js";
import { number, percent } from "./format.js";
import { asker, fill, status } from "./panel.js";

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const count = h("strong", { role: "status" });
  /** @type {(name: string, text: string, title: string) => HTMLButtonElement} */
  const asking = (name, text, title) => button(text, title, () => ask(name));
  const undo = asking("undo", "Undo", "Undo the last change of the selection");
  const redo = asking("redo", "Redo", "Redo the change that was undone");
  const invert = asking("invert", "Invert", "Select what is not selected");
  const clear = asking("clear", "Clear", "Clear the selection");
  const name = h("input", {
    class: "wb-name-box",
    placeholder: "Save as…",
    "aria-label": "Name for the selection",
  });
  const save = h(
    "button",
    { onclick: keep, title: "Save the selection in the case under this name" },
    "Save",
  );
  const saved = h("select", { "aria-label": "Saved selections" });
  /** @type {(mode: string, text: string, title: string) => HTMLButtonElement} */
  const open = (mode, text, title) =>
    button(text, title, () => saved.value && ask("open", { name: saved.value, mode }));
  const group = h(
    "span",
    { class: "wb-group" },
    open("replace", "Open", "Replace the selection with it"),
    open("add", "∪", "Add it to the selection"),
    open("remove", "∖", "Remove it from the selection"),
    open("intersect", "∩", "Keep only what is in both"),
  );
  const forget = h(
    "button",
    {
      title: "Delete the saved selection",
      "aria-label": "Delete the saved selection",
      onclick: () => saved.value && ask("remove", { name: saved.value }),
    },
    "×",
  );
  const words = h(
    "button",
    {
      title: "Phrases that set the selection apart from all other images, or from the saved selection chosen",
      onclick: () => ask("separate", { name: saved.value }),
    },
    "In words",
  );
  const said = h("div", { class: "wb-words" });
  const note = h("span", { class: "wb-quiet", role: "status" });

  /** @returns {{ name: string, query: string, images: number, gone: number }[]} */
  const savedNow = () => model.get("saved");

  function keep() {
    if (name.value.trim())
      ask("save", { name: name.value }).then(() => {
        if (!model.get("error")) name.value = "";
      });
    else name.focus();
  }
  function draw() {
    const n = model.get("count");
    setText(count, `${number(n)} selected`);
    undo.disabled = !model.get("undoable");
    redo.disabled = !model.get("redoable");
    for (const node of [clear, name, save, words]) node.disabled = !n;
    setText(note, model.get("note"));
    note.hidden = !note.textContent;
  }
  function drawSaved() {
    const chosen = saved.value;
    saved.replaceChildren(
      h("option", { value: "" }, "Saved selections…"),
      ...savedNow().map((s) =>
        h(
          "option",
          { value: s.name, title: s.query },
          `${s.name} (${number(s.images)}${s.gone ? `, ${s.gone} gone` : ""})`,
        ),
      ),
    );
    saved.value = savedNow().some((s) => s.name === chosen) ? chosen : "";
    drawGroup();
  }
  function drawGroup() {
    saved.hidden = !model.get("saved").length;
    group.hidden = forget.hidden = !saved.value;
  }
  function drawWords() {
    /** @type {{ phrase: string, share: number }[]} */
    const found = model.get("words");
    const against = model.get("against") ? `“${model.get("against")}”` : "all others";
    said.hidden = !found.length;
    said.replaceChildren(
      h("span", { class: "wb-quiet" }, `Compared with ${against}:`),
      ...found.map((w) =>
        h(
          "span",
          {
            class: "wb-word",
            title: `In ${percent(w.share)} of all pairs the selected image fits the phrase better`,
          },
          w.phrase,
          " ",
          h("span", { class: "wb-quiet" }, percent(w.share)),
        ),
      ),
    );
  }
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter") keep();
  });
  saved.addEventListener("change", drawGroup);
  model.on("change:count change:undoable change:redoable change:note", draw);
  model.on("change:saved", drawSaved);
  model.on("change:words change:against", drawWords);
  fill(
    el,
    "wb-shelf",
    h(
      "div",
      { class: "wb-row" },
      count,
      h("span", { class: "wb-group" }, undo, redo, invert, clear),
      words,
      h("span", { class: "wb-space" }),
      note,
      name,
      save,
      saved,
      group,
      forget,
    ),
    said,
    status(model),
  );
  draw();
  drawSaved();
  drawWords();
}

export default { render };
