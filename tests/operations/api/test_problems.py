"""What a problem says to people: whole sentences in both languages, whoever wrote the words."""

import pytest
from django.utils.translation import override

from operations.api.problems import exception_handler, sentence
from operations.domain.access import ANY_HEADQUARTERS, COUNCIL_CHAIR, HQ_PLANNER
from operations.domain.errors import BadInput, NotAllowed, Problem
from tests.factories.people import make_observer
from tests.operations.api.callers import Caller


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This may be done by: staff of the International Headquarters."),
        ("ru", "Это вправе сделать: сотрудники Международного штаба."),
    ],
)
def test_a_refusal_names_who_may_do_it_in_a_whole_sentence(language: str, words: str):
    with override(language):
        assert exception_handler(NotAllowed.but(ANY_HEADQUARTERS.says), {}).data["detail"] == words


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("who", [ANY_HEADQUARTERS, COUNCIL_CHAIR, HQ_PLANNER])
def test_the_name_of_a_role_begins_small_inside_the_sentence(language: str, who):
    with override(language):
        said = str(NotAllowed.but(who.says).message).partition(": ")[2]
    assert said[0].islower() and said.endswith(".")


def test_every_problem_of_a_list_is_a_sentence_too():
    problems = [Problem(code="a", message="the first thing"), Problem(code="b", message="Is it the second?", field="x")]
    body = exception_handler(BadInput(problems), {}).data
    assert [one["detail"] for one in body["errors"]] == ["The first thing.", "Is it the second?"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("не указан срок", "Не указан срок."),
        ("page_size is too large", "page_size is too large."),
        ("VIO01: at most 5", "VIO01: at most 5."),
        ("Said “so.”", "Said “so.”"),
        ("Сказано «так».", "Сказано «так»."),
        ("", ""),
    ],
)
def test_words_get_their_capital_and_full_stop_and_codes_keep_their_spelling(given: str, told: str):
    assert sentence(given) == told


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_refused_write_is_told_in_a_sentence_through_the_door(language: str):
    observer = make_observer()
    observer.language = language
    observer.save()
    answer = Caller(observer).post("meetings/", {})
    assert answer.status_code == 403
    detail = answer.json()["detail"]
    assert detail[0].isupper() and detail.endswith(".")
    assert detail.isascii() is (language == "en")
