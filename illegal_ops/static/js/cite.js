// Puts the reference of a figure where the cursor stands in a text.
//
//   <textarea data-cite-into>                          a text that takes references
//   [data-cite-list] [data-cite="{{VIO01}}"]           becomes a button that puts its reference into the text edited last
//   data-cite-label="…"                                what the button is called
//
// Without this script the reference is read and typed. Lists that htmx fetches are taken up when they arrive.

let target = document.querySelector("[data-cite-into]");

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-cite-into]")) target = event.target;
});

function put(reference) {
  if (!target?.isConnected) return;
  target.focus();
  target.setRangeText(reference, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

function start(scope) {
  if (!target) return;
  for (const shown of scope.querySelectorAll("[data-cite-list] code[data-cite]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `ops-button-link ${shown.className}`;
    button.textContent = shown.dataset.cite;
    button.setAttribute("aria-label", shown.dataset.citeLabel);
    button.addEventListener("click", () => put(shown.dataset.cite));
    shown.replaceWith(button);
  }
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target));
