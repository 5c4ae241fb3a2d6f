"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Copying: where the page is a file, the clipboard may be refused, so the text is selected as well.
  for (const button of all("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const block = button.parentElement.querySelector("pre");
      const range = document.createRange();
      range.selectNodeContents(block);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      let done = false;
      try {
        await navigator.clipboard.writeText(block.textContent);
        done = true;
      } catch {
        done = document.execCommand("copy");
      }
      const label = button.textContent;
      button.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  // Filtering.
  const filters = document.querySelector(".filters");
  if (filters) {
    filters.hidden = false;
    const fields = all("input, select", filters);
    const [text, state, cause] = fields;
    const results = all("[data-result]");
    const rows = all("[data-row]");
    const count = document.querySelector("#shown");
    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const visible = new Set();
      for (const result of results) {
        const { result: id, text: its, state: states, cause: named } = result.dataset;
        const fits = words.every((word) => its.includes(word)) && (!state.value || states.split(" ").includes(state.value)) && (!cause.value || cause.value === named);
        result.hidden = !fits;
        if (fits) visible.add(id);
      }
      for (const row of rows) {
        const cells = all("a[data-cell]", row);
        for (const cell of cells) cell.hidden = !visible.has(cell.dataset.cell);
        row.hidden = cells.every((cell) => cell.hidden);
      }
      count.textContent = `${visible.size} of ${results.length} shown`;
    };
    filters.addEventListener("input", apply);
    filters.querySelector("button").addEventListener("click", () => {
      for (const field of fields) field.value = "";
      apply();
    });
    apply();
  }

  // A link into a closed part opens it.
  const reveal = () => {
    let node = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const target = node;
    for (; node; node = node.parentElement) if (node.localName === "details") node.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Paper has nothing to click.
  addEventListener("beforeprint", () => all("details:not([open])").forEach((part) => { part.open = true; part.dataset.closed = ""; }));
  addEventListener("afterprint", () => all("details[data-closed]").forEach((part) => { part.open = false; delete part.dataset.closed; }));
})();
