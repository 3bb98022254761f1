// One more row of a form that repeats: the button that asks the server for it adds it on the spot instead.
//
//   <div data-rows> … <template data-row-template>…__n__…__number__…</template> <button data-row-more>…</button> </div>

for (const rows of document.querySelectorAll("[data-rows]")) {
  const template = rows.querySelector("[data-row-template]");
  const more = rows.querySelector("[data-row-more]");
  more?.addEventListener("click", (event) => {
    const count = rows.querySelectorAll("[data-row]").length;
    if (!template || count >= Number(rows.dataset.rows)) return;
    event.preventDefault();
    const markup = template.innerHTML.replaceAll("__n__", String(count)).replaceAll("__number__", String(count + 1));
    const holder = document.createElement("template");
    holder.innerHTML = markup;
    const row = holder.content.querySelector("[data-row]");
    template.before(row);
    row.querySelector("input, textarea")?.focus();
  });
}
