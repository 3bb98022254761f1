"""Benches of documents: what a report costs, and whether the site answers while twenty of them are drawn."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from illegal_ops.benches import Bench, Work, prepared_bench
from reports.domain import blocks, cells
from reports.domain.blocks import Block
from reports.domain.cells import both, same
from reports.domain.payload import Payload, assembled, operation_facts
from reports.rendering.process import Rendered, render_to_file

#: Sections of the invented report; each is a page with a matrix and a chart.
SECTIONS = 6
STATES = (
    ("Армения", "Armenia"),
    ("Беларусь", "Belarus"),
    ("Казахстан", "Kazakhstan"),
    ("Кыргызстан", "Kyrgyzstan"),
    ("Россия", "Russia"),
    ("Таджикистан", "Tajikistan"),
)
CROWD = 20
_IDLE_REQUESTS = 100
_PAUSE = 0.05


@prepared_bench("report", what="drawing a report of ten pages as a PDF, in a process of its own; counts its pages")
def _report() -> Iterator[Bench]:
    payload = ten_pages()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.pdf"

        def draw() -> Work:
            drawn = _drawn(payload, target)
            return Work(_pages(target), f"at most {drawn.peak_memory / 1024**2:.0f} MB")

        yield draw


@prepared_bench("report-crowd", what="drawing twenty reports at once while somebody opens the list of published ones")
def _report_crowd() -> Iterator[Bench]:
    payload = ten_pages()
    with tempfile.TemporaryDirectory() as folder:

        def draw_all() -> Work:
            idle = [_seconds_of_a_page() for _request in range(_IDLE_REQUESTS)]
            places = [Path(folder) / f"{place}.pdf" for place in range(CROWD)]
            workers = [threading.Thread(target=_drawn, args=(payload, place)) for place in places]
            for worker in workers:
                worker.start()
            busy = []
            while any(worker.is_alive() for worker in workers):
                busy.append(_seconds_of_a_page())
                time.sleep(_PAUSE)
            before, meanwhile = _p95(idle), _p95(busy)
            if not all(place.exists() for place in places):
                raise CommandError("not all of the reports were drawn")
            said = f"a page took {before * 1000:.0f} ms before and {meanwhile * 1000:.0f} ms meanwhile (95 of 100)"
            return Work(CROWD, f"{said}, {meanwhile / before:.1f} times; {len(busy)} pages were opened")

        yield draw_all


def _drawn(payload: Payload, target: Path) -> Rendered:
    return render_to_file(target=target, format="pdf", payload=payload, approval=None)


def _pages(target: Path) -> int:
    import pikepdf

    with pikepdf.open(target) as pdf:
        return len(pdf.pages)


def _seconds_of_a_page() -> float:
    address = urlsplit(settings.SITE_ADDRESS)
    client = Client(SERVER_NAME=address.hostname or "localhost")
    begun = time.perf_counter()
    response = client.get(reverse("reports:releases"), secure=settings.SECURE_SSL_REDIRECT or address.scheme == "https")
    if response.status_code != HTTPStatus.OK:
        raise CommandError(f"the list of published reports answered {response.status_code}")
    return time.perf_counter() - begun


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def ten_pages() -> Payload:
    """An invented report: title, contents, summary, six matrices with charts, completeness; ten pages."""
    sections = [_section(number) for number in range(1, SECTIONS + 1)]
    title = both(ru="Отчёт для измерения", en="A report to be measured")
    return assembled(
        definition="annual",
        operation=operation_facts(slug="bench", year=2026, title=title, demonstration=True),
        title=title,
        subtitle=same("2026"),
        as_of="2026-11-20T18:00:00+03:00",
        summary=[
            blocks.paragraph(both(ru="Показатели вымышлены. " * 20, en="The figures are invented. " * 20)),
            blocks.key_figures(
                [blocks.card(label=_indicator(place), cell=cells.number(place * 1234)) for place in range(1, 7)]
            ),
        ],
        sections=sections,
    )


def _indicator(place: int) -> cells.Text:
    return both(ru=f"Выявлено нарушений вида {place}", en=f"Violations of kind {place} identified")


def _section(number: int) -> Block:
    return blocks.section(
        id=f"part-{number}",
        number=str(number),
        title=both(ru=f"Направление {number}", en=f"Group {number}"),
        blocks=[_matrix(number), _chart(number)],
    )


def _figures(number: int, place: int) -> list[cells.Cell]:
    return [cells.number(number * 1000 + place * 100 + state) for state in range(len(STATES))]


def _matrix(number: int) -> Block:
    rows = [
        blocks.matrix_row(
            header=_indicator(place),
            code=f"BEN{place:02}",
            unit=both(ru="случаев", en="cases"),
            states=_figures(number, place),
            share=cells.share(len(STATES), len(STATES)),
            total=cells.number(sum(cell["value"] for cell in _figures(number, place))),
            previous=cells.number(number * 5000),
        )
        for place in range(1, 8)
    ]
    states = [{"ru": ru, "en": en} for ru, en in STATES]
    caption = both(ru=f"Итоги по государствам, {number}", en=f"Results by state, {number}")
    return blocks.matrix(id=f"matrix-{number}", caption=caption, year=2026, states=states, rows=rows)


def _chart(number: int) -> Block:
    return blocks.chart(
        id=f"chart-{number}",
        kind="bar",
        caption=_indicator(number),
        alt=both(ru="Столбцы по государствам; числа в таблице.", en="Bars by state; the numbers are in the table."),
        unit=both(ru="случаев", en="cases"),
        stub=both(ru="Государство", en="State"),
        categories=[both(ru=ru, en=en) for ru, en in STATES],
        series=[blocks.series(name=same(str(year)), cells=_figures(number, year - 2024)) for year in (2025, 2026)],
    )
