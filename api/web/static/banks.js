// Banks: what cannot be taken back asks first, and what is shown once can be copied. Every form posts without this.
"use strict";

for (const form of document.querySelectorAll("form[data-words-ask]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    dialog.className = "asks";
    dialog.setAttribute("aria-labelledby", "asks-words");
    const words = Object.assign(document.createElement("p"), { id: "asks-words", textContent: form.dataset.wordsAsk });
    const no = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-line" });
    no.textContent = form.dataset.wordsCancel;
    const yes = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-main" });
    yes.textContent = event.submitter.textContent.trim();
    const acts = Object.assign(document.createElement("div"), { className: "settle" });
    acts.append(yes, no);
    dialog.append(words, acts);
    document.querySelector("main").append(dialog);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      form.dataset.asked = "yes";
      form.requestSubmit(event.submitter);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      event.submitter.focus();
    });
    dialog.showModal();
    no.focus(); // whoever presses Enter twice has not agreed
  });
}

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue; // only where the page came over a safe connection
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.wordsCopied;
  });
}

// A choice that fills a field: what was typed there by hand stays.
for (const choice of document.querySelectorAll("select[data-fills]")) {
  const field = document.getElementById(choice.dataset.fills);
  const usual = [...choice.options].map((one) => one.dataset.fill);
  choice.addEventListener("change", () => {
    if (!field.value.trim() || usual.includes(field.value)) field.value = choice.selectedOptions[0].dataset.fill;
  });
}
