"""A real Chromium on the served site.

Debian's Chromium with the switches that keep it from calling home. A page that logs an error or breaks the content
security policy fails its test, whatever the test itself looked at.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests import servers

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    program = servers.chromium_program()
    if program is None:
        pytest.skip("Chromium is not installed")
    return {"executable_path": program, "args": SWITCHES, "headless": True}


@pytest.fixture
def browser_context_args(live_server) -> dict[str, Any]:
    """Russian unless a test says otherwise, in a window of an ordinary office screen."""
    # passkeys and cookies need the name, not the number
    address = live_server.url.replace("127.0.0.1", "localhost")
    return {"base_url": address, "locale": "ru-RU", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """pytest-playwright's page, which also listens for errors that nobody sees."""
    errors = listen(page)
    yield page
    assert not errors, f"the browser logged: {errors}"


def listen(page: Page) -> list[str]:
    """What the page logs as an error from now on; for pages that a test opens itself."""
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # an answer of 4xx is what some tests are about, and Chromium logs each as an error
        if message.type == "error" and "Failed to load resource" not in message.text:
            errors.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.set_default_timeout(15_000)
    return errors


@pytest.fixture
def assert_accessible() -> Any:
    """Checks the page that is open against WCAG 2.2 AA; names each rule that it breaks and where."""

    def check(page: Page) -> None:
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
        broken = [
            f"{violation['id']}: {node['target']}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
        assert not broken, f"{page.url}: {broken}"

    return check


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
