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

// A day is typed day first whatever language the browser speaks; the browser's own calendar writes it there.
for (const button of document.querySelectorAll("[data-picks-day]")) {
  const field = document.getElementById(button.dataset.picksDay);
  const calendar = document.createElement("input");
  if (!("showPicker" in calendar)) continue;
  Object.assign(calendar, { type: "date", tabIndex: -1, className: "day-calendar" });
  calendar.setAttribute("aria-hidden", "true");
  button.before(calendar);
  button.hidden = false;
  button.addEventListener("click", () => {
    const [, day, month, year] = field.value.match(/^\s*(\d{1,2})\D(\d{1,2})\D(\d{4})\s*$/) ?? [];
    calendar.value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
    calendar.showPicker();
  });
  calendar.addEventListener("change", (event) => {
    event.stopPropagation(); // of the two changes a form that sends itself shall hear the one below
    if (!calendar.value) return;
    field.value = calendar.value.split("-").reverse().join("/");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
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

// Switching the language opens the page anew. What was typed into its forms goes along, in this tab and this once:
// passwords, files and hidden fields do not. Without this script the page says that it has to be typed again.
const TYPED = "typed-before-the-language";

function* typedFields() {
  const seen = {};
  for (const field of document.querySelectorAll("main form[method=post] :is(input, select, textarea)")) {
    if (!field.name || ["hidden", "password", "file", "submit"].includes(field.type)) continue;
    const of = `${field.form.getAttribute("action")} ${field.name}`;
    seen[of] = (seen[of] ?? 0) + 1;
    yield [`${of} ${seen[of]}`, field];
  }
}

const typed = JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
sessionStorage.removeItem(TYPED);
for (const [key, field] of typed.page === location.pathname ? typedFields() : []) {
  const before = typed.fields[key];
  if (!before) continue;
  const other = before.value !== field.value || before.checked !== field.checked;
  if (field.type === "checkbox" || field.type === "radio") field.checked = before.checked;
  else field.value = before.value;
  if (other) for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

for (const form of document.querySelectorAll("form.language")) {
  form.querySelector(".language-note")?.remove();
  form.addEventListener("submit", () => {
    const fields = Object.fromEntries([...typedFields()].map(([key, { value, checked }]) => [key, { value, checked }]));
    sessionStorage.setItem(TYPED, JSON.stringify({ page: form.elements.back.value.split("?")[0], fields }));
  });
}
