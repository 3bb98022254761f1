// Saves a form while it is being filled, and keeps what was typed on this device until it is saved.
//
//   <form data-autosave="address">        posts itself there a second and a half after the last change
//   data-autosave-key="user:return:7"     under which the entries are kept on this device; names the user, so that
//                                         nobody finds another's entries (without it the page's path is used)
//   data-autosave-conflict                on a conflict a press of a button submits the form to see both texts; what
//                                         was kept on this device is only ever sent with the revision it was typed on
//   <tr data-autosave-together>           a part of the form that goes out as a whole, and only when something in it
//                                         was changed; each field `x` takes along what stood in it before, as `x.was`,
//                                         so that the server can tell a conflict from two people at different cells.
//                                         What was kept on this device is then sent as soon as the page is open again
//   data-autosave-hold                    on such a part: shown with an error, it waits until it is edited; a part with
//                                         an input that grid.js marks as unreadable waits as well
//   <input data-autosave-stored="text">   what is stored, where the page shows something else that was typed
//   <input type="hidden" data-autosave-bare>  says something that only a form without this script needs; it is not sent
//   <p data-autosave-forget="key">        the page shows what was typed itself, so nothing is kept under that key
//   <div data-autosave-left="key" hidden> the form is not here any more: lists what never left this device
//   <input name="revision">               any hidden field that the answer's JSON names is set to the new value
//   [data-autosave-status]                says what happened (components/autosave.html)
//
// When the server has taken the entries the form sends `ops:saved`: what depends on them can be fetched again.
//
// The address answers 2xx when the entries are saved (JSON of fields to update, or nothing), 409 or 412 when somebody
// else was first, 400 or 422 when entries cannot be taken, 401 or a redirect to sign-in when the session is over.

const WAIT = 1500;
const RETRY = 15000;
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;
const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "password", "revision"]);
const MOST_FAULTS = 3;

// --- what is kept on this device; a full or forbidden store only means that nothing is kept ---

function readKept(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    return kept && Date.now() - kept.at < KEPT_FOR ? kept : null;
  } catch {
    return null;
  }
}

function writeKept(key, kept) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), ...kept }));
  } catch {
    // saving to the server goes on
  }
}

function dropKept(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // a forbidden store has kept nothing
  }
}

// --- a form that saves itself ---

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.key = `ops-draft:${form.dataset.autosaveKey || location.pathname}`;
    this.parts = [...form.querySelectorAll("[data-autosave-together]")];
    // what the server is known to have, where that is no longer what the page was made with
    this.stored = new WeakMap();
    this.timer = 0;
    this.isSending = false;
    this.changedWhileSending = false;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("formdata", (event) => this.narrow(event.formData));
    // a real submission carries everything itself; its page decides what is saved
    this.form.addEventListener("submit", () => {
      clearTimeout(this.timer);
      this.isSubmitting = true;
      if (this.entries().length) this.keep({ isSubmitted: true });
    });
    window.addEventListener("pageshow", () => (this.isSubmitting = false));
    window.addEventListener("online", () => this.isPending && this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isPending && !this.isSubmitting) event.preventDefault();
    });
  }

  changed(event) {
    event.target.closest("[data-autosave-hold]")?.removeAttribute("data-autosave-hold");
    this.isPending = true;
    this.changedWhileSending = this.isSending;
    this.keep();
    this.schedule(WAIT);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  async send() {
    if (this.isSending || this.isSubmitting) return;
    const sent = this.controls().filter((input) => !isHeld(input)).map((input) => [input, valueOf(input)]);
    if (this.parts.length && !this.parts.some((part) => !isHeld(part) && this.isChanged(part))) {
      // typed back to what is stored, or nothing that could be taken
      this.settle();
      if (this.entries().length) this.say("held");
      return;
    }
    this.isSending = true;
    this.changedWhileSending = false;
    this.say("saving");
    let outcome = "failed";
    try {
      const response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json", "X-Autosave": "1" },
        redirect: "manual",
        credentials: "same-origin",
      });
      outcome = await this.outcome(response);
    } catch {
      outcome = "failed"; // no connection: fetch rejects, and the entries stay on this device
    }
    this.isSending = false;
    this.finish(outcome, sent);
  }

  body() {
    const data = new FormData(this.form);
    for (const part of this.parts.filter(isHeld)) {
      for (const input of controlsIn(part)) for (const name of [input.name, `${input.name}.was`]) data.delete(name);
    }
    return data;
  }

  // Of a part that goes out as a whole, what was not changed is left out, and what was says what it was before.
  narrow(data) {
    for (const input of this.form.querySelectorAll("[data-autosave-bare]")) data.delete(input.name);
    for (const part of this.parts) {
      const isChanged = this.isChanged(part);
      for (const input of controlsIn(part)) {
        if (isChanged) data.append(`${input.name}.was`, this.storedValue(input));
        else data.delete(input.name);
      }
    }
  }

  async outcome(response) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return "signed-out";
    if (response.status === 409 || response.status === 412) return "stale";
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (response.status === 400 || response.status === 422) {
      this.faults = (isJson && (await response.json()).faults) || {};
      return "refused";
    }
    if (!response.ok) return "failed";
    return isJson ? this.take(await response.json()) : "saved";
  }

  take(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const input = this.form.elements.namedItem(name);
      if (input instanceof HTMLInputElement && input.type === "hidden") input.value = value;
    }
    return fields.merged ? "merged" : "saved";
  }

  finish(outcome, sent) {
    this.say(outcome);
    if (outcome === "saved" || outcome === "merged") {
      for (const [input, value] of sent) this.stored.set(input, value);
      this.settle();
      if (!this.isPending && this.entries().length) this.say("held");
      this.form.dispatchEvent(new CustomEvent("ops:saved", { bubbles: true }));
    } else if (outcome === "failed") {
      this.schedule(RETRY);
    }
  }

  settle() {
    this.isPending = this.changedWhileSending;
    if (this.entries().length) this.keep();
    else this.forget();
    if (this.isPending) this.schedule(WAIT);
  }

  say(outcome) {
    if (!this.status) return;
    const words = this.status.dataset;
    const text = { saving: words.textSaving, saved: words.textSaved, merged: words.textMerged,
      stale: words.textStale, refused: words.textRefused, restored: words.textRestored, held: words.textHeld,
      "signed-out": words.textSignedOut, failed: words.textFailed }[outcome];
    // by the clock that the page shows, which need not be that of this device
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words.zone };
    const time = new Date().toLocaleTimeString(document.documentElement.lang, clock);
    this.status.textContent = text.replace("%s", time);
    this.status.dataset.state = ["saving", "saved", "merged", "restored"].includes(outcome) ? outcome : "failed";
    if (outcome === "stale" && this.showsConflicts) this.offer(words.textCompare, () => this.form.requestSubmit());
    if (outcome === "merged") this.offer(words.textReload, () => location.reload());
    if (outcome === "signed-out" && words.signIn) this.offer(words.textSignIn, () => this.signIn(words.signIn));
    if (outcome === "refused") this.offerFaults();
  }

  signIn(address) {
    this.isPending = false; // what was typed is kept: there is nothing to be warned of
    location.assign(address);
  }

  offerFaults() {
    for (const [name, message] of Object.entries(this.faults).slice(0, MOST_FAULTS)) {
      const input = this.form.elements.namedItem(name);
      if (input instanceof HTMLElement) this.offer(`${labelOf(input)}: ${message}`, () => input.focus());
    }
  }

  get showsConflicts() {
    return "autosaveConflict" in this.form.dataset;
  }

  get revision() {
    return this.form.elements.namedItem("revision");
  }

  // --- what was typed ---

  controls() {
    return controlsIn(this.form);
  }

  storedValue(input) {
    if (this.stored.has(input)) return this.stored.get(input);
    return input.dataset.autosaveStored ?? startValue(input);
  }

  isChanged(part) {
    return controlsIn(part).some((input) => valueOf(input) !== this.storedValue(input));
  }

  entries() {
    return this.controls()
      .filter((input) => valueOf(input) !== this.storedValue(input))
      .map((input) => ({ name: input.id || input.name, value: valueOf(input), was: this.storedValue(input),
        label: labelOf(input), isHeld: Boolean(input.closest("[data-autosave-hold]")) }));
  }

  keep(more = {}) {
    writeKept(this.key, { revision: this.revision?.value, entries: this.entries(), ...more });
  }

  forget() {
    dropKept(this.key);
  }

  restore() {
    const { entries = [], revision } = readKept(this.key) ?? {};
    const shown = this.revision?.value;
    // typed on an older text: the server is to say so, or it would silently replace what somebody else has saved since
    if (this.showsConflicts && revision && this.revision) this.revision.value = revision;
    const filled = entries.filter((entry) => this.fillIn(entry));
    if (!filled.length) {
      if (this.revision) this.revision.value = shown;
      // a page that shows refused entries keeps them until they are saved
      if (this.entries().length) this.keep();
      else this.forget();
      return;
    }
    this.isPending = true;
    this.say("restored");
    this.offer(this.status?.dataset.textDiscard, () => {
      this.forget();
      this.isPending = false;
      location.reload();
    });
    if (this.parts.length) this.schedule(WAIT);
  }

  fillIn({ name, value, was, isHeld: waits }) {
    const input = document.getElementById(name) ?? this.form.elements.namedItem(name);
    if (!input || input.form !== this.form || input.readOnly || input.disabled || valueOf(input) === value) return false;
    const part = input.closest("[data-autosave-together]");
    if (part) this.stored.set(input, was);
    if (waits) part?.setAttribute("data-autosave-hold", "");
    if (typeof value === "boolean") input.checked = value;
    else input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  offer(words, act) {
    if (!this.status) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ops-button-link";
    button.textContent = words;
    button.addEventListener("click", act);
    this.status.append(" ", button);
  }
}

function controlsIn(place) {
  const all = place.elements ?? place.querySelectorAll("input, select, textarea");
  return [...all].filter((input) =>
    input.name && !NEVER_KEPT.has(input.name) && !["hidden", "submit", "file", "button"].includes(input.type));
}

function isHeld(element) {
  const part = element.closest("[data-autosave-together]");
  return Boolean(part?.matches("[data-autosave-hold]") || part?.querySelector("[data-unreadable]"));
}

function valueOf(input) {
  return ["checkbox", "radio"].includes(input.type) ? input.checked : input.value;
}

function startValue(input) {
  if (["checkbox", "radio"].includes(input.type)) return input.defaultChecked;
  if (input instanceof HTMLSelectElement) {
    return [...input.options].find((option) => option.defaultSelected)?.value ?? input.options[0]?.value ?? "";
  }
  return input.defaultValue;
}

function labelOf(input) {
  return (input.ariaLabel ?? input.labels?.[0]?.textContent ?? input.name).trim();
}

// --- entries of a form that is not here any more ---

function showLeft(place) {
  const key = `ops-draft:${place.dataset.autosaveLeft}`;
  const kept = readKept(key);
  if (!kept?.entries.length || kept.isSubmitted) {
    dropKept(key);
    return;
  }
  const list = place.querySelector("[data-autosave-left-list]");
  for (const { label, value } of kept.entries) {
    const item = document.createElement("li");
    item.textContent = `${label}: ${value}`;
    list.append(item);
  }
  place.querySelector("[data-autosave-left-discard]").addEventListener("click", () => {
    dropKept(key);
    place.hidden = true;
  });
  place.hidden = false;
}

for (const shown of document.querySelectorAll("[data-autosave-forget]")) {
  dropKept(`ops-draft:${shown.dataset.autosaveForget}`);
}
for (const place of document.querySelectorAll("[data-autosave-left]")) showLeft(place);
for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form).start();
