// Selecting: what the timeline and the map of places have in common, buttons and what a gesture does to the selection.

// press(text, title, on, pressed) returns a button; one whose text is a sign is read out by its title
function press(text, title, on, pressed) {
  return h("button", { title, "aria-label": text.length < 3 ? title : null, "aria-pressed": pressed == null ? null : String(pressed), onclick: on }, text);
}

// selecting(model, what) returns { modeOf, modes }: modeOf(event) tells what a gesture does, by its keys or else by the
// button pressed among modes(); ``what`` is what makes a selection, "A lasso" or "A span"
function selecting(model, what) {
  const now = () => model.get("mode");
  const set = (name) => { model.set("mode", name); model.save_changes(); };
  const choices = [["replace", "New", "starts a new selection"], ["add", "+", "adds (or hold Shift)"], ["remove", "−", "removes (or hold Alt)"]];
  return {
    modeOf: (event) => (event.altKey ? "remove" : event.shiftKey ? "add" : now()),
    modes: () => choices.map(([name, text, does]) => press(text, `${what} ${does}`, () => set(name), now() === name)),
  };
}
