// A file that is dropped on [data-drop] goes into the file input inside it, and the form is sent at once.
//
// Without this script the input is pressed and the file chosen. [data-drop-hint] says that dropping works.

for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector('input[type="file"]');
  const hint = place.querySelector("[data-drop-hint]");
  if (hint) hint.hidden = false;

  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.dataset.over = "";
  });
  place.addEventListener("dragleave", () => delete place.dataset.over);
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    delete place.dataset.over;
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.form.requestSubmit();
  });
}
