"""The site as a person uses it: signing in, filling in a form by its labels' names, pressing buttons by their words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from tests.browser import listen
from tests.factories.people import PASSWORD

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@dataclass
class Desks:
    """A browser of their own for each person, signed in once, and whatever any of them logged as an error."""

    new_context: Callable[[], BrowserContext]
    pages: dict[str, Page] = field(default_factory=dict)
    heard: list[list[str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def of(self, username: str) -> Page:
        if username not in self.pages:
            page = self.new_context().new_page()
            page.on("response", self.answered)
            self.heard.append(listen(page))
            self.pages[username] = page
            sign_in(page, username)
        return self.pages[username]

    def answered(self, response: Response) -> None:
        if response.status >= 500:
            self.failures.append(f"{response.request.method} {response.url}: {response.status}")

    def logged(self) -> list[str]:
        return self.failures + [error for heard in self.heard for error in heard]


def sign_in(page: Page, username: str) -> None:
    """Through the sign-in page, as everybody does."""
    page.goto("/accounts/login/")
    fill(page, login=username, password=PASSWORD)
    page.locator("main form button.govuk-button:not([type=button])").click()
    expect(page.locator(".ops-user__name")).to_be_visible()


def fill(page: Page, **values: Any) -> None:
    """Fills in fields by their names, whatever they are; several values tick several boxes.

    An option is chosen by its value, else by what a dictionary says of it: `{"label": …}`, `{"index": 1}`.
    """
    for name, value in values.items():
        field_ = page.locator(f"main [name='{name}']")
        kind = field_.first.evaluate("element => element.type")
        if kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value:
                _tick(page, name, one)
        elif kind.startswith("select"):
            field_.select_option(**value if isinstance(value, dict) else {"value": value})
        else:
            field_.fill(value)


def _tick(page: Page, name: str, value: str) -> None:
    box = page.locator(f"[name='{name}'][value='{value}']")
    folded = page.locator("main details:not([open])").filter(has=box)
    if folded.count():
        folded.locator("summary").click()
    box.check()


def press(page: Page, words: str, *, within: str = "main") -> None:
    """Presses the button or follows the link that says exactly this, and waits for the page that answers."""
    place = page.locator(within)
    named = [place.get_by_role(role, name=words, exact=True) for role in ("button", "link")]
    with page.expect_navigation():
        named[0].or_(named[1]).click()


def send(page: Page, words: str, **values: Any) -> None:
    """Fills in the form of the page and presses its button; nothing of it may have been refused."""
    fill(page, **values)
    press(page, words, within="main form")
    expect(page.locator(".govuk-error-summary, .govuk-error-message")).to_have_count(0)


def read_in(page: Page, language: str) -> None:
    """Changes the language with the button in the header."""
    with page.expect_navigation():
        page.locator(f".ops-language [value='{language}']").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def paste(page: Page, lines: Iterable[str]) -> None:
    """What a spreadsheet puts into the clipboard, into the cell that has the focus."""
    page.evaluate(PASTE, "\r\n".join(lines) + "\r\n")


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def downloaded(page: Page, row: Locator) -> bytes:
    with page.expect_download() as download:
        row.get_by_role("link").click()
    return download.value.path().read_bytes()


def await_rows(page: Page, rows: Locator, *, count: int, seconds: int) -> None:
    """Opens the page again until the background work has put its rows there."""
    for _attempt in range(seconds):
        if rows.count() >= count:
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(rows).to_have_count(count)


def number(value: int) -> re.Pattern[str]:
    """A whole number as the site writes it, whatever stands between the thousands."""
    return re.compile(r"^\s*" + r"\D?".join(f"{value:,}".split(",")) + r"\s*$")
