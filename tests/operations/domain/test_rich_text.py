"""Long texts with a few marks of Markdown: what stays, what is dropped, and what is too deep."""

import pytest

from operations.domain import entry, rich_text
from operations.web.rich_text import rich

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](jav&#x09;ascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "![x](https://evil.example/pixel.png)",
    "<style>body{display:none}</style>",
    '<svg onload="alert(1)">',
    '[x](https://a.example/"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    '<img src=x onerror="alert(1)">',
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_acts_or_fetches_reaches_a_page(typed: str) -> None:
    markup = str(rich(typed)).lower()
    for mark in ("<script", "<style", "<svg", "<img", 'href="javascript', 'href="data', 'href="file', 'href="//'):
        assert mark not in markup
    assert '"onmouseover="' not in markup


@pytest.mark.parametrize("typed", ["[слова](javascript:alert(1))", "![слова](https://evil.example/p.png)"])
def test_a_refused_link_and_a_picture_leave_their_words(typed: str) -> None:
    assert str(rich(typed)) == "<p>слова</p>"
    assert rich_text.plain_text(typed) == "слова"


def test_paragraphs_lists_emphasis_and_links_to_the_web_are_drawn() -> None:
    drawn = str(rich("Текст *раз* **два**\nстрока\n\n- пункт [сайт](https://csto.example/a?b=1&c=2)\n  1. глубже"))
    assert "<p>Текст <em>раз</em> <strong>два</strong><br>строка</p>" in drawn
    assert '<li>пункт <a class="govuk-link" href="https://csto.example/a?b=1&amp;c=2"' in drawn
    assert "<ol><li>глубже</li></ol>" in drawn


def test_a_text_without_marks_is_one_escaped_paragraph() -> None:
    assert str(rich("5 < 6 & {{7*7}} = @x")) == "<p>5 &lt; 6 &amp; {{7*7}} = @x</p>"
    assert str(rich("")) == ""


def test_plain_text_keeps_paragraphs_numbers_dashes_and_addresses() -> None:
    typed = "Один\n\nДва **слова**\n\n3. третий\n4. четвёртый\n   - внутри\n\n[сайт](https://csto.example)"
    assert rich_text.plain_text(typed).split("\n") == [
        "Один",
        "Два слова",
        "3. третий",
        "4. четвёртый",
        "  – внутри",
        "сайт (https://csto.example)",
    ]


def nested_list(depth: int) -> str:
    return "\n".join("  " * level + "- пункт" for level in range(depth))


@pytest.mark.parametrize("deep", [nested_list(21), "[" * 21 + "x" + "]" * 21, "[" * 20_000, "![" * 10_000])
def test_nesting_over_twenty_is_refused(deep: str) -> None:
    with pytest.raises(entry.Refused) as refused:
        entry.text(is_rich=True)(deep)
    assert refused.value.code == "too_deep"


@pytest.mark.parametrize("fine", [nested_list(20), "[" * 20 + "]" * 20, "*", "**a**" * 100, "снег_и_лёд_2026"])
def test_twenty_deep_and_lone_marks_are_taken(fine: str) -> None:
    assert entry.text(is_rich=True)(fine) == fine


def test_what_was_stored_before_the_limit_is_drawn_without_hanging() -> None:
    assert "[[[[" in str(rich("[" * 20_000))
