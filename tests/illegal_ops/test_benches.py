"""Measurements: what is registered can be measured, and leaves nothing behind."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from illegal_ops import benches
from operations.models import Operation, Plan, User
from tests.factories.reference import load_reference
from tests.factories.reporting import make_story

pytestmark = pytest.mark.django_db


def said(*words: str, **options: int) -> str:
    out = io.StringIO()
    call_command("bench", *words, stdout=out, **options)
    return out.getvalue()


def test_the_command_lists_what_can_be_measured() -> None:
    assert [line.split(":")[0] for line in said().splitlines()] == list(benches.names())


@pytest.mark.parametrize("name", ["plan-page", "plan-editor", "plan-timeline"])
def test_a_page_of_a_long_plan_is_measured_and_the_plan_is_taken_back(name: str) -> None:
    load_reference()
    words = said(name, rounds=1)
    assert re.match(rf"{name}: best [\d.]+ ms, median [\d.]+ ms of 1, processor [\d.]+ ms, [\d,]+ per second\n", words)
    assert not Plan.objects.exists()
    assert not Operation.objects.filter(year=2099).exists()
    assert not User.objects.filter(username="bench-planner").exists()


def test_the_page_of_a_return_is_measured_and_the_return_stays_as_it_was() -> None:
    load_reference()
    story = make_story()
    words = said("return-page", rounds=1)
    assert re.match(r"return-page: best [\d.]+ ms, .*, [\d,]+ per second\n", words)
    assert not story.expected_return.submissions.exists()
    assert story.again().closes_at == story.period.closes_at


def test_without_a_return_the_bench_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="play the demonstration first"):
        said("return-page", rounds=1)


def test_what_nobody_registered_and_no_round_at_all_are_refused() -> None:
    with pytest.raises(CommandError, match="There is no bench"):
        said("none-such")
    with pytest.raises(CommandError, match="At least one round"):
        said("query", rounds=0)
