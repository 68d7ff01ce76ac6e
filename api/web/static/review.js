// The review queue by keyboard: the next card is fetched while this one is read, so that an answer shows it at once.
// Every key is a button or link of the page; without this script each of them works by itself.
"use strict";

(() => {
  if (location.hash === "#name") document.getElementById("name")?.focus();
  let card = document.getElementById("card");
  if (!card) return;

  const FRESH = 100_000; // ms a fetched card may wait: its hold ends after 120 s
  const HOLD_EVERY = 60_000;
  const told = document.getElementById("told");
  const help = document.getElementById("help");
  const headers = { "X-Fragment": "card" };
  let upcoming = null; // the next card: { of, at, found }
  let sent = Promise.resolve(); // answers go one after the other
  let busy = false;
  let holds = 0;

  const secret = () => card.querySelector("#answer [name=csrf]").value;
  const say = (text) => told.replaceChildren(text);

  async function read(answer) {
    if (answer.status === 204) return { end: answer.headers.get("x-end") };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { ok: answer.ok, card: page.getElementById("card"), said: page.getElementById("said"), url: answer.url };
  }

  const load = async (url) => read(await fetch(url, { headers, credentials: "same-origin" }));

  const post = async (form, extra) => {
    const body = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    return read(await fetch(form.action, { method: "POST", headers, body, credentials: "same-origin" }));
  };

  function fetchNext() {
    const of = card;
    const found = sent.then(() => load(of.dataset.next)).catch(() => null);
    found.then(() => (of.dataset.ahead = "ready"));
    upcoming = { of, at: Date.now(), found };
  }

  async function takeNext() {
    const known = upcoming && upcoming.of === card && Date.now() - upcoming.at < FRESH;
    const found = known ? await upcoming.found : null;
    return found ?? load(card.dataset.next);
  }

  // Show what was loaded: a card in place of this one, the end of the queue, or whatever page it turned out to be.
  async function show(found, fallback) {
    if (found.end) {
      await sent;
      location.assign(found.end);
      return;
    }
    if (!found.card) {
      location.assign(fallback);
      return;
    }
    card.replaceWith(found.card);
    card = found.card;
    holds = 0;
    prepare();
    history.replaceState(null, "", card.dataset.url);
    document.title = card.dataset.title;
    window.scrollTo(0, 0);
    (card.querySelector("#error-summary") ?? card.querySelector("h1")).focus({ preventScroll: true });
    fetchNext();
  }

  function prepare() {
    card.querySelector("[data-help]").hidden = false;
  }

  async function walk(url) {
    if (busy) return;
    busy = true;
    try {
      await sent;
      const known = url === new URL(card.dataset.next, location.href).href;
      await show(known ? await takeNext() : await load(url), url);
    } catch {
      location.assign(url);
    } finally {
      busy = false;
    }
  }

  async function answer(button) {
    if (busy || button.disabled) return;
    const form = button.form;
    if (button.value === "no:other" && !form.elements.note.value.trim()) {
      form.elements.note.focus();
      return;
    }
    busy = true;
    const answered = card;
    const done = sent.then(() => post(form, { say: button.value }));
    sent = done.catch(() => {});
    // Another account of the same person comes next, and only the server knows which: that one is waited for.
    const ahead = !(button.value.startsWith("no") && button.value !== "none" && card.dataset.siblings !== "0");
    try {
      if (ahead) {
        await show(await takeNext(), answered.dataset.after);
        busy = false; // the next card may be answered while this answer is on its way: they go in order
      }
      const kept = await done;
      if (!kept.said) {
        await show(kept, answered.dataset.url);
        return;
      }
      say(kept.said);
      allowUndo();
      if (!ahead) await show(await load(answered.dataset.after), answered.dataset.after);
    } catch {
      location.assign(answered.dataset.url);
    } finally {
      if (!ahead) busy = false;
    }
  }

  // The card on show was made before this answer was kept.
  function allowUndo() {
    const undo = card.querySelector("[data-undo] button");
    if (undo) undo.disabled = false;
  }

  async function undo(form) {
    if (busy) return;
    busy = true;
    try {
      await sent;
      const found = await post(form, {});
      if (found.card) say("");
      await show(found, form.action.includes("?") ? "/review" + form.action.slice(form.action.indexOf("?")) : "/review");
    } finally {
      busy = false;
    }
  }

  const reasons = () => card.querySelector(".reasons");
  const asking = () => reasons().classList.contains("is-asking");

  function ask(on) {
    reasons().classList.toggle("is-asking", on);
    if (on) reasons().querySelector("[data-reason]").focus();
  }

  // The key by its place on the keyboard: an input method for Vietnamese changes letters, not places.
  function keyOf(event) {
    if (event.key === "?" || event.key === "/") return event.key; // signs stand elsewhere on other keyboards
    if (event.code === "Slash") return event.shiftKey ? "?" : "/";
    const found = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
    if (!found || event.shiftKey) return event.code;
    return (found[1] ?? found[2] ?? found[3]).toLowerCase();
  }

  function pressed(key) {
    if (key === "Escape") return asking() && (ask(false), true);
    if (key === "n") {
      if (asking()) answer(reasons().querySelector("[data-reason]"));
      else ask(true);
      return true;
    }
    if (key === "?") {
      help.showModal();
      return true;
    }
    if (key === "/") {
      location.assign(card.querySelector('[data-key="/"]').href + "#name");
      return true;
    }
    const chosen = asking() && /^[1-9]$/.test(key) ? `[data-reason="${key}"]` : `[data-key="${CSS.escape(key)}"]`;
    const target = key.length === 1 ? card.querySelector(chosen) : null;
    if (target) target.click();
    return Boolean(target);
  }

  document.addEventListener("keydown", (event) => {
    if (card.dataset.shortcuts !== "on" || event.defaultPrevented || event.repeat) return;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (help.open || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (pressed(keyOf(event))) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "answer" && event.submitter?.value) {
      event.preventDefault();
      answer(event.submitter);
    } else if (form.matches("[data-undo]")) {
      event.preventDefault();
      undo(form);
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#card a[data-swap]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      walk(link.href);
    } else if (event.target.closest("[data-help]")) {
      help.showModal();
    }
  });

  // Who reads long keeps the card, up to ten minutes; then it goes to whoever asks.
  setInterval(() => {
    if (document.hidden || holds >= 10) return;
    holds += 1;
    fetch(card.dataset.hold, { method: "POST", headers: { "X-CSRF-Token": secret() }, credentials: "same-origin" });
  }, HOLD_EVERY);

  prepare();
  fetchNext();
})();
