"""Two long texts compared: nothing of either is lost, and no mark of Markdown is left."""

from hypothesis import given
from hypothesis import strategies as st

from operations.domain.rich_text import plain_text
from operations.domain.text_compare import ComparedLine, compared_texts, lines

WORDS = st.lists(
    st.sampled_from(["раз", "**два**", "*три*", "[сайт](https://odkb-csto.org/)", "четыре,", "{{7*7}}", "a_b"]),
    min_size=1,
    max_size=6,
).map(" ".join)
LINES = st.tuples(st.sampled_from(["", "", "- ", "1. ", "  - "]), WORDS).map("".join)
TEXTS = st.lists(LINES, max_size=6).map("\n\n".join)


def told(before: str, after: str) -> list[list[tuple[str, str]]]:
    return [[(piece.fate, piece.text) for piece in line.pieces] for line in compared_texts(before, after)]


def side(found: list[ComparedLine], fate: str) -> list[str]:
    """What one of the texts said, line by line."""
    texts = ["".join(piece.text for piece in line.pieces if piece.fate in ("same", fate)) for line in found]
    return [text for text in texts if text]


def said(text: str) -> list[str]:
    return ["".join(word.text for word in line.words) for line in lines(text)]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_their_comparison(before: str, after: str):
    found = compared_texts(before, after)
    assert side(found, "gone") == said(before)
    assert side(found, "new") == said(after)


@given(TEXTS)
def test_a_text_beside_itself_has_stayed_as_it_is(text: str):
    assert {line.fate for line in compared_texts(text, text)} <= {"same"}


@given(TEXTS)
def test_the_words_of_a_text_are_those_of_its_plain_form(text: str):
    plain = [line.lstrip("– ") for line in plain_text(text).split("\n")]
    for line in said(text):
        assert any(one.endswith(line) for one in plain), "the plain form puts dashes and numbers before"


def test_a_reworded_text_shows_its_words_and_another_text_stands_whole():
    assert told("раз два три", "раз четыре три") == [
        [("same", "раз "), ("gone", "два"), ("new", "четыре"), ("same", " три")]
    ]
    assert told("", "новое") == [[("new", "новое")]]
    assert told("совсем не то", "другие слова здесь") == [[("gone", "совсем не то"), ("new", "другие слова здесь")]]


def test_words_changed_side_by_side_are_one_change():
    before, after = "до конца второго этапа и до отчёта", "до начала третьего этапа и до отчёта"
    assert told(before, after)[0][1:3] == [("gone", "конца второго"), ("new", "начала третьего")]


def test_a_paragraph_put_in_front_leaves_the_others_alone():
    before = "Первый абзац плана.\n\nВторой абзац плана."
    assert told(before, "Совсем новое вступление.\n\n" + before) == [
        [("new", "Совсем новое вступление.")],
        [("same", "Первый абзац плана.")],
        [("same", "Второй абзац плана.")],
    ]


def test_an_item_of_a_list_keeps_its_place_and_takes_its_new_number():
    found = compared_texts("1. один\n2. два", "1. ноль\n2. один\n3. два")
    assert [(line.number, line.fate) for line in found] == [(1, "new"), (2, "same"), (3, "same")]
    assert all(line.shape.is_ordered and line.shape.depth == 1 for line in found)


def test_the_address_of_a_link_is_compared_as_well():
    before, after = "см. [план](https://a.example/)", "см. [план](https://b.example/)"
    assert told(before, after) == [
        [("same", "см. план "), ("gone", "(https://a.example/)"), ("new", "(https://b.example/)")]
    ]


def test_emphasis_alone_is_a_change():
    assert [line.fate for line in compared_texts("раз два три", "раз **два** три")] == ["changed"]


def test_a_text_without_marks_keeps_its_asterisks():
    assert told_plain("**раз**\nдва", "**раз**\nтри") == [
        [("same", "**раз**")],
        [("gone", "два"), ("new", "три")],
    ]


def told_plain(before: str, after: str) -> list[list[tuple[str, str]]]:
    found = compared_texts(before, after, is_rich=False)
    return [[(piece.fate, piece.text) for piece in line.pieces] for line in found]


def test_very_long_texts_are_compared_in_bounded_time():
    before = "\n\n".join(f"абзац {number} " + "слово " * 20 for number in range(300))
    after = "\n\n".join(f"иное {number} " + "дело " * 20 for number in range(300))
    assert side(compared_texts(before, after), "new") == said(after)
