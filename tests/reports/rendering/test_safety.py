"""Nothing outside is asked for, whoever asks; what is too much is refused in words, or drawn within the limits."""

import datetime as dt
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain import payload as p
from reports.domain.cells import same
from reports.rendering.fetcher import RefusedAddress
from reports.rendering.pdf import html_to_pdf
from reports.rendering.process import MEMORY_LIMIT, RenderingFailed, render_to_file
from tests.reports.rendering.cumulative_sample import cumulative
from tests.reports.rendering.pages import text_of

pytestmark = pytest.mark.once

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
#: Where an address may hide; ADDRESS stands for it.
PLACES = {
    "a picture": '<img alt="x" src="ADDRESS/x.png">',
    "a style sheet": '<link rel="stylesheet" href="ADDRESS/x.css">',
    "an imported style sheet": "<style>@import url(ADDRESS/x.css);</style>",
    "a background": "<style>p { background: url(ADDRESS/x.png) }</style>",
    "a typeface": "<style>@font-face { font-family: x; src: url(ADDRESS/x.ttf) } p { font-family: x }</style>",
    "a marker": "<style>li { list-style-image: url(ADDRESS/x.png) }</style><ul><li>x</ul>",
    "a generated picture": "<style>p::before { content: url(ADDRESS/x.png) }</style>",
    "a drawing's picture": f'{SVG}<title>x</title><image href="ADDRESS/x.png" width="9" height="9"/></svg>',
    "a drawing's old link": f'{SVG}<title>x</title><image xlink:href="ADDRESS/x.png" width="9" height="9"/></svg>',
    "a drawing's part": f'{SVG}<title>x</title><use href="ADDRESS/x.svg#a"/></svg>',
    "an object": '<object data="ADDRESS/x.svg" type="image/svg+xml"></object>',
    "an enclosure": '<link rel="attachment" href="ADDRESS/x.txt">',
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody on this machine who would notice a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def was_asked(listener: socket.socket) -> bool:
    with suppress(BlockingIOError):
        connection, _address = listener.accept()
        connection.close()
        return True
    return False


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_listener_would_notice(listener: socket.socket):
    socket.create_connection(listener.getsockname()).close()
    assert was_asked(listener)


@pytest.mark.parametrize("place", PLACES)
def test_no_connection_is_opened_and_the_address_is_named(place: str, listener: socket.socket):
    html = f'<html lang="en"><title>t</title><p>x</p>{PLACES[place].replace("ADDRESS", address_of(listener))}'
    with pytest.raises(RefusedAddress, match=address_of(listener)):
        html_to_pdf(html=html, pictures={}, enclosed=[], as_of=AS_OF)
    assert not was_asked(listener)


@pytest.mark.parametrize("place", PLACES)
def test_no_file_of_the_machine_is_read_and_its_address_is_named(place: str, tmp_path: Path):
    html = f'<html lang="en"><title>t</title><p>x</p>{PLACES[place].replace("ADDRESS", tmp_path.as_uri())}'
    with pytest.raises(RefusedAddress, match=tmp_path.as_uri()):
        html_to_pdf(html=html, pictures={}, enclosed=[], as_of=AS_OF)


def test_a_picture_that_is_a_drawing_asks_for_nothing_either(listener: socket.socket):
    drawing = f'{SVG}<image href="{address_of(listener)}/x.png" width="9" height="9"/></svg>'
    html = '<html lang="en"><title>t</title><p><img alt="x" src="app:pictures/x.svg"></p>'
    with pytest.raises(RefusedAddress, match=address_of(listener)):
        html_to_pdf(html=html, pictures={"x.svg": drawing.encode()}, enclosed=[], as_of=AS_OF)
    assert not was_asked(listener)


def test_an_address_that_somebody_typed_is_printed_as_it_was_typed(listener: socket.socket, tmp_path: Path):
    typed = f'<img src="{address_of(listener)}/x.png"> <link rel=stylesheet href="file:///etc/passwd">'
    render_to_file(target=tmp_path / "x.pdf", format="pdf", payload=with_text(typed), approval=None, language="en")
    assert typed.replace(" ", "") in text_of((tmp_path / "x.pdf").read_bytes()).replace(" ", "")
    assert not was_asked(listener)


def test_nine_hundred_nested_blocks_are_drawn_or_refused_in_words(tmp_path: Path):
    nested = "<blockquote>" * 900 + "x" + "</blockquote>" * 900
    try:
        html_to_pdf(html=f'<html lang="en"><title>t</title>{nested}', pictures={}, enclosed=[], as_of=AS_OF)
    except RecursionError:
        pass  # the drawing process says in words what this means
    render_to_file(target=tmp_path / "x.pdf", format="pdf", payload=with_text(nested), approval=None)
    assert "<blockquote><blockquote>" in text_of((tmp_path / "x.pdf").read_bytes())


def with_text(text: str) -> p.Payload:
    return with_blocks([b.paragraph(same(text))])


def with_blocks(blocks: list[b.Block]) -> p.Payload:
    sample = cumulative()
    return p.assembled(
        definition="cumulative",
        operation=sample["operation"],
        title=sample["title"],
        subtitle=sample["subtitle"],
        as_of=sample["as_of"],
        sections=[b.section(id="text", number="1", title=same("Text"), blocks=blocks)],
    )


def table_of(rows: int, columns: int) -> p.Payload:
    lines = [
        b.row(header=same(f"row {place}"), cells=[c.number(place * column) for column in range(columns)])
        for place in range(rows)
    ]
    heads = [b.column(heading=same(f"column {column}")) for column in range(columns)]
    return with_blocks([b.table(id="t", caption=same("Large"), stub=same("Row"), columns=heads, rows=lines)])


@pytest.mark.deep
@pytest.mark.parametrize("what", ["a table of 20,000 cells", "a text of a megabyte"])
@pytest.mark.parametrize("format", ["pdf", "xlsx", "docx", "html"])
def test_what_is_very_long_is_drawn_within_the_limits_or_refused_in_words(what: str, format: str, tmp_path: Path):
    text = "Обстановка оставалась управляемой. " * 16_000
    payload = table_of(2000, 10) if "table" in what else with_text(text)
    try:
        done = render_to_file(target=tmp_path / "file", format=format, payload=payload, approval=None)
    except RenderingFailed as failure:
        assert any(word in failure.reason for word in ("memory", "longer than"))
    else:
        assert done.peak_memory < MEMORY_LIMIT
        assert (tmp_path / "file").stat().st_size == done.size
