// The grid for entering figures: native inputs in a table, with the keys and the paste of a spreadsheet.
//
//   <table data-grid>                     the grid; inputs keep their names, so the form works without this script
//   <input data-kind="money">             what the cell takes: "count" (default) or "money"
//   <input data-group="VIO01">            belongs to the sum of a group; may name several, separated by spaces
//   <output data-sum-of="VIO01">          shows the running sum of the group (data-kind as above)
//   <output ... data-whole="id">          is marked when it differs from the filled input of that id
//   <p data-grid-status data-text-…>      says what a paste did, and holds the words for a cell that cannot be read
//                                         (components/grid_status.html)
//
// No imports: static files are served under hashed names only, which an import could not know.

const MOST_NAMED = 5;
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function startGrid(table) {
  table.addEventListener("keydown", (event) => onKey(table, event));
  table.addEventListener("paste", (event) => onPaste(table, event));
  table.addEventListener("input", (event) => {
    if (event.target.matches("input")) showReadability(event.target);
    showSums(table);
  });
  // while a number is being typed it is not yet wrong: what would be right is said when the cell is left
  table.addEventListener("focusout", (event) => {
    if (event.target.matches("input[data-unreadable]")) explain(event.target);
  });
  showSums(table);
}

// The inputs by row and column of the table; a place without an input is null.
function layout(table) {
  const rows = [];
  for (const row of table.querySelectorAll("tbody tr")) {
    // the rows of a closed breakdown are not there for keys and paste (parts.js)
    if (row.hidden) continue;
    const cells = [...row.cells].map((cell) => cell.querySelector("input:not([type=hidden], [type=checkbox])"));
    if (cells.some(Boolean)) rows.push(cells);
  }
  return rows;
}

function place(rows, input) {
  for (const [row, cells] of rows.entries()) {
    const column = cells.indexOf(input);
    if (column >= 0) return [row, column];
  }
  return null;
}

function takes(input) {
  return Boolean(input) && !input.disabled && !input.readOnly;
}

function onKey(table, event) {
  const input = event.target;
  if (!input.matches?.("input") || event.altKey || event.ctrlKey || event.metaKey) return;
  const move = event.key === "Enter" ? [event.shiftKey ? -1 : 1, 0] : MOVES[event.key];
  if (!move || (event.key !== "Enter" && event.shiftKey)) return;
  if (move[1] !== 0 && !atEdge(input, move[1])) return;
  // Enter must not send the form from the middle of a table
  event.preventDefault();
  const rows = layout(table);
  const here = place(rows, input);
  if (!here) return;
  let [row, column] = here;
  do {
    row += move[0];
    column += move[1];
    const next = rows[row]?.[column];
    if (takes(next)) {
      next.focus();
      next.select();
      return;
    }
  } while (row >= 0 && row < rows.length && column >= 0 && column < rows[row].length);
}

// Left and right move between cells only from the end of the text, so that a number can still be edited.
function atEdge(input, direction) {
  const { selectionStart, selectionEnd, value } = input;
  if (selectionStart === 0 && selectionEnd === value.length) return true;
  return direction < 0 ? selectionEnd === 0 : selectionStart === value.length;
}

function onPaste(table, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trimEnd())) return;
  const rows = layout(table);
  const here = place(rows, event.target);
  if (!here) return;
  event.preventDefault();
  let filled = 0;
  const outside = [];
  const unreadable = [];
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  for (const [down, line] of lines.entries()) {
    for (const [across, value] of line.split("\t").map((part) => part.trim()).entries()) {
      const input = rows[here[0] + down]?.[here[1] + across];
      if (!takes(input)) {
        if (value !== "") outside.push(value);
        continue;
      }
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      filled += 1;
      if ("unreadable" in input.dataset) {
        unreadable.push(value);
        explain(input);
      }
    }
  }
  say(table, filled, outside, unreadable);
}

// What was left out is named, so that nobody has to look for it in two long columns.
function say(table, filled, outside, unreadable) {
  const status = statusOf(table);
  if (!status) return;
  const parts = [status.dataset.textPasted.replace("%s", filled)];
  if (outside.length) parts.push(status.dataset.textOutside.replace("%s", named(outside)));
  if (unreadable.length) parts.push(status.dataset.textUnreadable.replace("%s", named(unreadable)));
  status.textContent = `${parts.join(". ")}.`;
  status.dataset.state = outside.length || unreadable.length ? "failed" : "saved";
}

function named(values) {
  const first = values.slice(0, MOST_NAMED).map((value) => `«${value.slice(0, 20)}»`).join(", ");
  return values.length > MOST_NAMED ? `${values.length} (${first}, …)` : `${values.length} (${first})`;
}

function showReadability(input) {
  if (!("kind" in input.dataset)) return;
  const unreadable = read(input.value, input.dataset.kind) === UNREADABLE;
  input.toggleAttribute("data-unreadable", unreadable);
  if (!unreadable) unsay(input);
}

// The error of a cell stands where the server puts its own, and takes its place.
function explain(input) {
  const words = statusOf(input)?.dataset[input.dataset.kind === "money" ? "textMoney" : "textCount"];
  if (!words) return;
  unsay(input);
  const error = document.createElement("span");
  error.className = "ops-grid__error";
  error.id = `${input.id}-error`;
  error.textContent = words;
  input.before(error);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
}

function unsay(input) {
  document.getElementById(`${input.id}-error`)?.remove();
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
}

function statusOf(element) {
  return (element.closest("form") ?? document).querySelector("[data-grid-status]");
}

function showSums(table) {
  const scope = table.closest("form") ?? table;
  for (const output of scope.querySelectorAll("output[data-sum-of]")) {
    const parts = scope.querySelectorAll(`input[data-group~="${CSS.escape(output.dataset.sumOf)}"]`);
    const values = [...parts].map((input) => read(input.value, input.dataset.kind));
    const known = values.filter((value) => value !== EMPTY && value !== UNREADABLE);
    const sum = known.reduce((total, value) => total + value, 0);
    // nothing entered is not zero
    output.textContent = known.length ? write(sum, output.dataset.kind) : "…";
    const whole = output.dataset.whole ? document.getElementById(output.dataset.whole) : null;
    const stated = whole ? read(whole.value, whole.dataset.kind) : EMPTY;
    const comparable = known.length === values.length && typeof stated === "number";
    output.toggleAttribute("data-differs", comparable && stated !== sum);
  }
}

const SPACE = "[ \\u00a0\\u2007\\u2009\\u202f]";
const WHOLE = new RegExp(`^(\\d{1,15}|\\d{1,3}(${SPACE}\\d{3}){1,4})$`);
const IN_ENGLISH = document.documentElement.lang === "en";
// 1 234,50 in Russian, 1,234.50 in English
const COMMAS = /^\d{1,3}(,\d{3})+$/;
const AMBIGUOUS = /^\d{1,3}[.,]\d{3}$/;

const EMPTY = Symbol("empty");
const UNREADABLE = Symbol("unreadable");

// Numbers are read the way the server reads them, so that a running sum never promises what a save would refuse.

/** The value of a typed text: EMPTY, UNREADABLE, or a whole number (of minor units for money). */
function read(text, kind = "count") {
  const typed = text.trim();
  if (typed === "") return EMPTY;
  if (kind !== "money") return wholeNumber(typed);
  if (AMBIGUOUS.test(typed)) return UNREADABLE;
  const place = typed.lastIndexOf(IN_ENGLISH ? "." : ",");
  let major = place < 0 ? typed : typed.slice(0, place);
  const minor = place < 0 ? "" : typed.slice(place + 1);
  if (place >= 0 && !/^\d{1,2}$/.test(minor)) return UNREADABLE;
  if (IN_ENGLISH && COMMAS.test(major)) major = major.replaceAll(",", "");
  const value = wholeNumber(major);
  return value === UNREADABLE ? value : value * 100 + Number(minor.padEnd(2, "0"));
}

function wholeNumber(typed) {
  if (/^[-\u2212]0+$/.test(typed)) return 0;
  return WHOLE.test(typed) ? Number(typed.replace(/[^\d]/g, "")) : UNREADABLE;
}

/** A sum in the language of the page; money is given in minor units. */
function write(value, kind = "count") {
  const options =
    kind === "money" && value % 100 !== 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : {};
  const language = document.documentElement.lang === "en" ? "en-GB" : "ru-RU";
  // as on the server, four digits are grouped too: the columns of a table have to line up
  const format = new Intl.NumberFormat(language, { ...options, useGrouping: "always" });
  return format.format(kind === "money" ? value / 100 : value);
}

for (const table of document.querySelectorAll("table[data-grid]")) startGrid(table);
