// Saves a form while it is being filled, and keeps what was typed on this device until it is saved.
//
//   <form data-autosave="address">        posts itself there a second and a half after the last change
//   data-autosave-key="user:return:7"     under which the entries are kept on this device; names the user, so that
//                                         nobody finds another's entries (without it the page's path is used)
//   data-autosave-conflict                on a conflict a press of a button submits the form to see both texts; what
//                                         was kept on this device is only ever sent with the revision it was typed on
//   <p data-autosave-forget="key">        the page shows what was typed itself, so nothing is kept under that key
//   <input name="revision">               any field that the answer's JSON names is set to the new value
//   [data-autosave-status]                says what happened (components/autosave.html)
//
// The address answers 2xx when the entries are saved (JSON of fields to update, or nothing), 409 or 412 when somebody
// else was first, 400 or 422 when entries cannot be taken, 401 or a redirect to sign-in when the session is over.

const WAIT = 1500;
const RETRY = 15000;
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;
const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "password", "revision"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.key = `ops-draft:${form.dataset.autosaveKey || location.pathname}`;
    this.timer = 0;
    this.isSending = false;
    this.changedWhileSending = false;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    // a real submission carries everything itself; its page decides what is saved
    this.form.addEventListener("submit", () => {
      clearTimeout(this.timer);
      this.isSubmitting = true;
    });
    window.addEventListener("online", () => this.isPending && this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isPending && !this.isSubmitting) event.preventDefault();
    });
  }

  changed() {
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
    this.isSending = true;
    this.changedWhileSending = false;
    this.say("saving");
    let outcome = "failed";
    try {
      const response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json", "X-Autosave": "1" },
        redirect: "manual",
        credentials: "same-origin",
      });
      outcome = await this.outcome(response);
    } catch {
      outcome = "failed"; // no connection: fetch rejects, and the entries stay on this device
    }
    this.isSending = false;
    this.finish(outcome);
  }

  async outcome(response) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return "signed-out";
    if (response.status === 409 || response.status === 412) return "stale";
    if (response.status === 400 || response.status === 422) return "refused";
    if (!response.ok) return "failed";
    if (response.headers.get("Content-Type")?.startsWith("application/json")) this.take(await response.json());
    return "saved";
  }

  take(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const input = this.form.elements.namedItem(name);
      if (input instanceof HTMLInputElement && input.type === "hidden") input.value = value;
    }
  }

  finish(outcome) {
    this.say(outcome);
    if (outcome === "saved" && !this.changedWhileSending) {
      this.isPending = false;
      this.forget();
    } else if (outcome === "saved") {
      this.keep();
      this.schedule(WAIT);
    } else if (outcome === "failed") {
      this.schedule(RETRY);
    }
  }

  say(outcome) {
    if (!this.status) return;
    const words = this.status.dataset;
    const text = { saving: words.textSaving, saved: words.textSaved, stale: words.textStale,
      refused: words.textRefused, restored: words.textRestored, "signed-out": words.textSignedOut,
      failed: words.textFailed }[outcome];
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.status.textContent = text.replace("%s", time);
    this.status.dataset.state = ["saving", "saved", "restored"].includes(outcome) ? outcome : "failed";
    if (outcome === "stale" && this.showsConflicts) this.offer(words.textCompare, () => this.form.requestSubmit());
  }

  get showsConflicts() {
    return "autosaveConflict" in this.form.dataset;
  }

  get revision() {
    return this.form.elements.namedItem("revision");
  }

  // --- what is kept on this device ---

  entries() {
    const kept = [];
    for (const input of this.form.elements) {
      if (!input.name || NEVER_KEPT.has(input.name) || ["hidden", "submit", "file"].includes(input.type)) continue;
      const value = ["checkbox", "radio"].includes(input.type) ? input.checked : input.value;
      const before = ["checkbox", "radio"].includes(input.type) ? input.defaultChecked : startValue(input);
      if (value !== before) kept.push([input.id || input.name, value]);
    }
    return kept;
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), revision: this.revision?.value, entries: this.entries() }));
    } catch {
      // a full or forbidden store only means that nothing is kept; saving to the server goes on
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }

  kept() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return kept && Date.now() - kept.at < KEPT_FOR ? kept : { entries: [] };
    } catch {
      return { entries: [] };
    }
  }

  restore() {
    const { entries, revision } = this.kept();
    const shown = this.revision?.value;
    // typed on an older text: the server is to say so, or it would silently replace what somebody else has saved since
    if (this.showsConflicts && revision && this.revision) this.revision.value = revision;
    let filled = 0;
    for (const [name, value] of entries) {
      const input = document.getElementById(name) ?? this.form.elements.namedItem(name);
      if (!input || input.form !== this.form || input.readOnly || input.disabled) continue;
      if (typeof value === "boolean") {
        if (input.checked === value) continue;
        input.checked = value;
      } else {
        if (input.value === value) continue;
        input.value = value;
      }
      filled += 1;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (!filled) {
      if (this.revision) this.revision.value = shown;
      this.forget();
      return;
    }
    this.isPending = true;
    this.say("restored");
    this.offer(this.status?.dataset.textDiscard, () => {
      this.forget();
      this.isPending = false;
      location.reload();
    });
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

function startValue(input) {
  if (input instanceof HTMLSelectElement) {
    return [...input.options].find((option) => option.defaultSelected)?.value ?? input.options[0]?.value ?? "";
  }
  return input.defaultValue;
}

for (const shown of document.querySelectorAll("[data-autosave-forget]")) {
  try {
    localStorage.removeItem(`ops-draft:${shown.dataset.autosaveForget}`);
  } catch {
    // a forbidden store has kept nothing
  }
}
for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form).start();
