"""Charts: the same picture each time, every number on it, nobody ranked, nothing that a strict page
refuses."""

import re
from xml.etree import ElementTree

import pytest

from reports.domain import payload as p
from reports.rendering.charts import chart_svg, specification
from tests.reports.rendering.annual_sample import annual

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def charts() -> list[dict]:
    return [block for block in p.every_block(annual()) if block["type"] == "chart"]


def test_a_chart_is_drawn_the_same_each_time(charts: list[dict]) -> None:
    assert chart_svg(charts[0], language="ru") == chart_svg(charts[0], language="ru")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_chart_says_its_numbers_as_its_table_does(charts: list[dict], language: str) -> None:
    drawn = re.findall(r"<text[^>]*>([^<]+)</text>", chart_svg(charts[0], language=language))
    separator = "\u00a0" if language == "ru" else ","
    for one in charts[0]["series"]:
        for cell in one["cells"]:
            assert f"{cell['value']:,}".replace(",", separator) in drawn


def test_states_stand_in_the_order_that_was_given(charts: list[dict]) -> None:
    labels = [one["ru"] for one in charts[0]["categories"]]
    drawn = re.findall(r"<text[^>]*>([^<]+)</text>", chart_svg(charts[0], language="ru"))
    assert [one for one in drawn if one in labels] == labels
    assert specification(charts[0], language="ru")["encoding"]["y"]["sort"] == labels


def test_a_chart_is_named_for_those_who_cannot_see_it(charts: list[dict]) -> None:
    for block in charts:
        root = ElementTree.fromstring(chart_svg(block, language="en"))  # noqa: S314 - made by our own code
        assert root.get("role") == "img"
        assert root[0].tag.endswith("title")
        assert root[0].text == block["alt"]["en"]


def test_a_chart_passes_the_strict_policy_of_the_site(charts: list[dict]) -> None:
    for block in charts:
        svg = chart_svg(block, language="ru")
        assert not re.search(r"\sstyle=|<style|<script|<image|href=|\son\w+=", svg)


def test_two_charts_on_a_page_share_no_id(charts: list[dict]) -> None:
    ids = [found for block in charts for found in re.findall(r'\bid="([^"]+)"', chart_svg(block, language="ru"))]
    assert len(ids) == len(set(ids))


def test_what_people_typed_stays_text(charts: list[dict]) -> None:
    bad = "<script>alert(1)</script>"
    block = charts[0] | {"alt": {"ru": bad, "en": bad}, "unit": {"ru": bad, "en": bad}}
    svg = chart_svg(block, language="ru")
    assert "<script" not in svg
    assert ElementTree.fromstring(svg)[0].text == bad  # noqa: S314 - made by our own code
