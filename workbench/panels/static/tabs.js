// Tabs: the sides of the desk; the arrow keys walk them.

function render({ model, el }) {
  const ask = asker(model);
  const bar = h("div", { class: "wb-tabs", role: "tablist", "aria-label": "Sides of the desk" });
  const tabOf = Object.fromEntries(Object.entries(model.get("sides")).map(([name, text]) =>
    [name, h("button", { role: "tab", "data-side": name, onclick: () => ask("choose", { name }) }, text)]));
  bar.append(...Object.values(tabOf));

  function draw() {
    for (const [name, tab] of Object.entries(tabOf)) {
      const on = name === model.get("side");
      tab.setAttribute("aria-selected", String(on));
      tab.setAttribute("tabindex", on ? "0" : "-1");
    }
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...bar.children];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    event.preventDefault();
    event.stopPropagation();
  });
  model.on("change:side", draw);
  el.classList.add("wb-panel", "wb-sidebar");
  keepKeys(el);
  el.append(bar, status(model));
  draw();
}

export default { render };
