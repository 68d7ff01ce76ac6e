// Puts a row right in the table itself: "Sửa" opens its form below the line, Enter saves and goes to the next, Esc
// cancels. Without this script the same form is a page of its own.
"use strict";

const table = document.querySelector("table.issues");

function panel() {
  return table?.querySelector("tr.edit-row");
}

function close() {
  const open = panel();
  if (!open) return;
  const link = open.previousElementSibling?.querySelector("a[data-edits]");
  open.remove();
  link?.focus();
}

function place(html, answered) {
  const form = new DOMParser().parseFromString(html, "text/html").getElementById("row-form");
  const line = form && table.querySelector(`tr[data-row="${form.dataset.row}"]`);
  if (!line) {
    window.location.assign(answered);
    return;
  }
  panel()?.remove();
  const row = document.createElement("tr");
  row.className = "edit-row";
  const cell = row.insertCell();
  cell.colSpan = line.cells.length;
  cell.append(form);
  line.after(row);
  (form.querySelector("#error-summary") ?? form.querySelector("[aria-invalid]") ?? form.querySelector("input:not([type=hidden])"))?.focus();
  row.scrollIntoView({ block: "nearest" });
}

async function show(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  return { html: await answer.text(), address: answer.url, ok: answer.ok };
}

table?.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-edits]");
  if (link && window.innerWidth > 900 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const found = await show(link.href);
    if (found.ok) place(found.html, link.href);
    else window.location.assign(link.href);
  }
  if (event.target.closest("a[data-cancels]") && panel()) {
    event.preventDefault();
    close();
  }
});

table?.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-saves]");
  if (!form) return;
  event.preventDefault();
  const saved = form.closest("#row-form").dataset.row;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const found = await show(form.action, { method: "POST", body });
  const next = new DOMParser().parseFromString(found.html, "text/html").getElementById("row-form");
  if (found.ok && next?.dataset.row !== saved) {
    for (const line of table.querySelectorAll(`tr[data-row="${saved}"]`)) line.classList.add("is-saved");
  }
  place(found.html, found.address);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (panel()) close();
  else document.querySelector("a[data-cancels]")?.click();
});
