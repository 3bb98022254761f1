// Rows that can be dragged to another place among their siblings, beside the buttons that move them without script.
//
//   <div data-reorder-list data-text-drag="…" data-text-moved="…" data-text-failed="…">
//     <div data-reorder="address to POST the place to" data-reorder-name="1.2">…<button name="to">…</div>
//
// The handle is for pointers only: the keyboard has the buttons. A place is counted from 1. When the server has taken
// the new order the page is loaded again, since numbers and checks follow from it.

const handleFor = (list) => {
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "ops-drag";
  handle.tabIndex = -1;
  handle.setAttribute("aria-hidden", "true");
  handle.title = list.dataset.textDrag;
  handle.textContent = "⠿";
  return handle;
};

class ReorderList {
  constructor(list) {
    this.list = list;
    this.status = document.querySelector("[data-reorder-status]");
  }

  get items() {
    return [...this.list.children].filter((item) => "reorder" in item.dataset);
  }

  start() {
    if (this.items.length < 2) return;
    for (const item of this.items) {
      const handle = handleFor(this.list);
      item.prepend(handle);
      handle.addEventListener("pointerdown", (event) => this.take(event, item, handle));
    }
  }

  take(event, item, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const before = this.items;
    item.classList.add("ops-drag__item");
    const over = (move) => this.follow(item, move.clientY);
    const end = (last) => {
      handle.removeEventListener("pointermove", over);
      for (const name of ["pointerup", "pointercancel"]) handle.removeEventListener(name, end);
      document.removeEventListener("keydown", escape);
      item.classList.remove("ops-drag__item");
      if (last.type === "pointerup") this.drop(item, before);
      else this.restore(before);
    };
    const escape = (key) => key.key === "Escape" && end(key);
    handle.addEventListener("pointermove", over);
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, end);
    document.addEventListener("keydown", escape);
  }

  // The row's place is before the first sibling whose middle is below the pointer. The siblings step aside: a row that
  // is taken out of the page, even for a moment, loses the pointer.
  follow(item, y) {
    const items = this.items;
    const others = items.filter((other) => other !== item);
    const middle = (row) => row.getBoundingClientRect().top + row.getBoundingClientRect().height / 2;
    const below = others.findIndex((other) => y < middle(other));
    const place = below === -1 ? others.length : below;
    const now = items.indexOf(item);
    if (place < now) item.after(...items.slice(place, now));
    else if (place > now) item.before(...items.slice(now + 1, place + 1));
  }

  restore(before) {
    const anchor = document.createComment("");
    this.items[0].before(anchor);
    anchor.replaceWith(...before);
  }

  async drop(item, before) {
    const place = this.items.indexOf(item) + 1;
    if (before.indexOf(item) + 1 === place) return;
    const token = item.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ to: String(place), csrfmiddlewaretoken: token });
    let taken = false;
    try {
      const response = await fetch(item.dataset.reorder, {
        method: "POST",
        body,
        headers: { "X-Autosave": "1" },
        redirect: "manual",
        credentials: "same-origin",
      });
      taken = response.ok;
    } catch {
      taken = false; // no connection: the rows go back to where they were
    }
    if (taken) {
      if (item.id) history.replaceState(null, "", `#${item.id}`);
      location.reload();
      return;
    }
    this.restore(before);
    if (this.status) this.status.textContent = this.list.dataset.textFailed;
  }
}

for (const list of document.querySelectorAll("[data-reorder-list]")) new ReorderList(list).start();
