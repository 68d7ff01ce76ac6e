// A number typed into the box for names is searched by post, so that it never stands in an address.
"use strict";

const byName = document.getElementById("by-name");
const byNumber = document.getElementById("by-number");
if (byName && byNumber) {
  byName.addEventListener("submit", (event) => {
    const typed = byName.elements.q.value;
    if (/(?:\d[ .-]?){8,}/.test(typed)) {
      event.preventDefault();
      byNumber.elements.number.value = typed;
      byNumber.requestSubmit();
    }
  });
}

// One kind of the timeline at a time; without scripts everything stands there.
const kinds = document.querySelector("[data-filters-timeline]");
if (kinds) {
  kinds.hidden = false;
  kinds.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const other of kinds.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    for (const moment of document.querySelectorAll(".timeline [data-kind]")) {
      moment.hidden = button.value !== "" && moment.dataset.kind !== button.value;
    }
  });
}

// One tick for every row of the page; the box only appears when this script runs.
for (const all of document.querySelectorAll("[data-ticks-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const row of all.closest("form").querySelectorAll(".row-tick")) row.checked = all.checked;
  });
}
