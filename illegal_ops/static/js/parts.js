// Breakdown rows of a table of figures open under their total.
//
//   <tr data-part-heading="RET01-sex" [data-open]>   heads the rows of a breakdown; its [data-part-name] becomes a button
//   <tr data-part="RET01-sex">                       belongs to it
//   <p data-parts-all hidden>                        holds [data-parts-open] and [data-parts-close] for all of them at once
//
// Without this script every row is simply there. Rows that hold an error (data-open) start open.

function startPart(heading) {
  const name = heading.querySelector("[data-part-name]");
  const rows = [...heading.closest("table").querySelectorAll(`tr[data-part="${CSS.escape(heading.dataset.partHeading)}"]`)];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ops-button-link ops-part-toggle";
  button.textContent = name.textContent;
  name.replaceChildren(button);

  function show(isOpen) {
    for (const row of rows) row.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }

  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  // entries kept on this device are filled in after this script: their rows have to be seen
  for (const row of rows) row.addEventListener("input", () => show(true));
  show("open" in heading.dataset || rows.some((row) => row.contains(document.querySelector(":target"))));
  return show;
}

function startAll(place, parts) {
  const open = place.querySelector("[data-parts-open]");
  const close = place.querySelector("[data-parts-close]");

  function showAll(isOpen) {
    for (const show of parts) show(isOpen);
    open.hidden = isOpen;
    close.hidden = !isOpen;
    (isOpen ? close : open).focus();
  }

  open.addEventListener("click", () => showAll(true));
  close.addEventListener("click", () => showAll(false));
  place.hidden = false;
}

const parts = [...document.querySelectorAll("tr[data-part-heading]")].map(startPart);
const all = document.querySelector("[data-parts-all]");
if (all && parts.length) startAll(all, parts);
