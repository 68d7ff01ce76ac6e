// Small conveniences. Every page reads and posts without them.
"use strict";

// Show what is typed in a password field. The button only appears when this script runs.
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.textContent = shown ? button.dataset.wordsShow : button.dataset.wordsHide;
  });
}

// Filters take effect when they change; their button stays for who works without scripts.
for (const form of document.querySelectorAll("form[data-sends-itself]")) {
  form.addEventListener("change", () => form.requestSubmit());
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A table that is wider than its frame says so above itself; its shadow at the edge needs no script.
const sideways = document.body.dataset.wordsSideways;
for (const wrap of document.querySelectorAll(".table-wrap")) {
  const hint = document.createElement("p");
  hint.className = "sideways only-screen";
  hint.textContent = sideways;
  hint.hidden = true;
  hint.setAttribute("aria-hidden", "true"); // a screen reader walks the cells and needs no scrolling
  wrap.before(hint);
  new ResizeObserver(() => {
    hint.hidden = wrap.scrollWidth <= wrap.clientWidth + 1;
  }).observe(wrap);
}

// After a refused form, the message is where reading starts.
document.getElementById("error-summary")?.focus();
