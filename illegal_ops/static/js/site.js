// Starts what the page in front of the reader needs. Everything works without it; it only makes things quicker.

async function startComponents() {
  const address = document.getElementById("govuk-frontend")?.href;
  if (!address) return;
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const { initAll } = await import(address);
  initAll();
}

// A menu made of <details> closes like a menu: on Escape, and on a click elsewhere.
function closeMenus() {
  const menus = () => document.querySelectorAll("details[data-closes-outside][open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

// <select data-submits> in a filter: choosing is enough, the button stays for those without script.
function submitOnChoice() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submits]")) event.target.form?.requestSubmit();
  });
}

// <select data-clears="category">: another choice leaves the boxes of that name without meaning.
function clearOnChoice() {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.clears;
    if (!name) return;
    for (const box of event.target.form.querySelectorAll(`input[name="${name}"]:checked`)) box.checked = false;
  });
}

// <input type="file" data-largest="26214400" data-largest-text="…">: what is too large is said before it is sent. The
// server would say it too, but only to a browser that has sent the whole file.
function refuseLargeFiles() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[type=file][data-largest]")) return;
    target.parentElement.querySelector("[data-too-large]")?.remove();
    if (!target.files[0] || target.files[0].size <= Number(target.dataset.largest)) return;
    target.value = "";
    const message = document.createElement("p");
    message.className = "govuk-error-message";
    message.role = "alert";
    message.dataset.tooLarge = "";
    message.textContent = target.dataset.largestText;
    target.before(message);
  });
}

closeMenus();
submitOnChoice();
clearOnChoice();
refuseLargeFiles();
startComponents();
