// The officer's way with a roster, made quicker. Every step posts and works without this file.
"use strict";

// Files are sent one by one, each with its own progress and its own answer.
for (const form of document.querySelectorAll("form[data-uploads]")) {
  const words = form.dataset;
  const picker = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-files]");
  const button = form.querySelector("button[type=submit]");
  let waiting = [];

  const line = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "state";
    state.textContent = size(file.size);
    item.append(name, state);
    list.append(item);
    return item;
  };

  const choose = (files) => {
    const known = new Set(waiting.map((one) => one.file.name + one.file.size));
    for (const file of files) {
      if (!known.has(file.name + file.size)) waiting.push({ file, item: line(file) });
    }
  };

  picker.addEventListener("change", () => {
    choose(picker.files);
    picker.value = "";
  });
  for (const kind of ["dragover", "dragenter"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      document.body.classList.add("is-dragging");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("is-dragging");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("is-dragging");
    choose(event.dataTransfer.files);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = document.getElementById("error-summary");
    if (problem) problem.remove();
    if (!waiting.length) return complain(form, words.wordsNone, picker.id);
    button.disabled = true;
    const taken = [];
    const left = [];
    for (const one of waiting) {
      const answer = await send(form, words, one);
      if (answer.field !== undefined && answer.error) {
        complain(form, answer.error, answer.field);
        left.push(...waiting.slice(waiting.indexOf(one)));
        clear(one.item);
        break;
      }
      if (!answer.error) taken.push(answer);
    }
    const failed = list.querySelectorAll(".is-bad").length;
    waiting = left;
    button.disabled = false;
    if (failed || left.length) return offer(form, words, taken.length);
    location.href = taken.length === 1 && list.children.length === 1 ? taken[0].address : "/rosters/work";
  });
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function clear(item) {
  item.querySelector("progress")?.remove();
  item.querySelector(".state").textContent = "";
}

function send(form, words, { file, item }) {
  const data = new FormData(form);
  data.delete("file");
  data.append("file", file, file.name);
  const state = item.querySelector(".state");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(bar);
  return new Promise((resolve) => {
    if (file.size > Number(words.megabytes) * 1048576) return resolve(show(item, words, { error: words.wordsBig }));
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      const done = event.loaded === event.total;
      state.textContent = done ? words.wordsLooking : `${words.wordsSending} ${Math.floor(100 * bar.value)} %`;
    });
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = { error: request.status === 413 ? words.wordsBig : words.wordsBroken };
      }
      resolve(answer.field !== undefined ? answer : show(item, words, answer));
    });
    request.addEventListener("error", () => resolve(show(item, words, { error: words.wordsBroken })));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  });
}

function show(item, words, answer) {
  clear(item);
  item.className = answer.error ? "is-bad" : "is-good";
  const state = item.querySelector(".state");
  if (!answer.error) state.textContent = words.wordsDone;
  const said = document.createElement("span");
  said.className = "said";
  said.textContent = answer.error || "";
  if (answer.address) {
    const link = document.createElement("a");
    link.href = answer.address;
    link.textContent = answer.error ? words.wordsOpen : words.wordsNext;
    said.append(" ", link);
  }
  item.append(said);
  return answer;
}

function offer(form, words, taken) {
  if (!taken || form.querySelector("[data-work]")) return;
  const link = document.createElement("a");
  link.className = "btn btn-line";
  link.href = "/rosters/work";
  link.textContent = words.wordsWork;
  link.dataset.work = "";
  form.querySelector(".wizard-actions").append(link);
}

function complain(form, text, field) {
  const box = document.createElement("div");
  box.className = "notice is-bad";
  box.id = "error-summary";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  const link = document.createElement("a");
  link.href = `#${field || "file"}`;
  link.textContent = text;
  words.append(link);
  box.append(words);
  form.before(box);
  box.focus();
}

// Clicking a line of the preview makes it the header; the radio in front of it does the same for the keyboard.
for (const table of document.querySelectorAll("[data-picks-header]")) {
  table.classList.add("can-click");
  const mark = () => {
    for (const row of table.rows) {
      const picked = row.querySelector("input").checked;
      row.classList.toggle("is-picked", picked);
      row.classList.toggle("is-unpicked", !picked && row.classList.contains("is-header"));
    }
  };
  table.addEventListener("click", (event) => {
    const radio = event.target.closest("tr")?.querySelector("input");
    if (!radio || event.target.closest("label")) return;
    radio.checked = true;
    radio.focus();
    mark();
  });
  table.addEventListener("change", mark);
}

// One field once: choosing it for a column takes it from the column that had it, and says so.
for (const section of document.querySelectorAll("[data-maps]")) {
  const many = new Set(section.dataset.many.split(" "));
  const said = section.querySelector("[data-said]");
  section.addEventListener("change", (event) => {
    const chosen = event.target;
    if (chosen.tagName !== "SELECT") return;
    said.textContent = "";
    if (!chosen.value || many.has(chosen.value)) return;
    for (const other of section.querySelectorAll("select")) {
      if (other === chosen || other.value !== chosen.value) continue;
      other.value = "";
      said.textContent = `${chosen.selectedOptions[0].textContent} ${section.dataset.wordsTaken} ${other.id.split("-")[1]}`;
    }
  });
}
