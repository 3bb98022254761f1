"""Comments on returns and cells: who takes part, what stays, and what a flag does."""

import pytest
from django.utils import translation

from operations.domain.access import may, standing, visible_to
from operations.domain.comment_waiting import flags_to_follow_up
from operations.domain.comment_workflow import COMMENT
from operations.domain.comments import (
    comment_on,
    flagged_by_return,
    is_flagged,
    may_comment,
    settle_comment,
    threads_of,
)
from operations.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from operations.domain.return_layout import layout_of
from operations.domain.returns import accept_submission, bulk_accept, return_submission, submit_return
from operations.models import AuditEntry, Comment, Figure, Notice
from tests.factories.operations import make_interval, make_return, make_submission
from tests.factories.people import make_assistant, make_council_chair, make_head, make_observer, make_officer
from tests.factories.reference import make_agency, make_unit
from tests.factories.reporting import Story, make_draft, make_story, make_submitted

pytestmark = pytest.mark.django_db


def say(story: Story, actor, text: str = "Проверьте число", **given) -> Comment:
    return comment_on(expected_return=story.expected_return, text=text, actor=actor, at=story.at, **given)


def test_whoever_works_with_a_return_comments_and_whoever_only_looks_does_not():
    story = make_story()
    make_submitted(story)
    taking_part = {"officer": story.officer, "head": story.head, "planner": story.planner, "hq_chair": story.hq_chair}
    looking = {"council_chair": make_council_chair(), "assistant": make_assistant(), "other_head": make_head("BY")}
    for name, person in {**taking_part, **looking, "stranger": make_officer(make_agency("BY"))}.items():
        assert may_comment(story.expected_return, person, at=story.at) is (name in taking_part), name


def test_a_rights_return_is_not_commented_on_by_a_national_head():
    story = make_story(kind="rights_body")
    make_submitted(story)
    with pytest.raises(NotFound):
        say(story, story.head)
    assert say(story, story.planner).pk


def test_units_returns_are_talked_about_inside_the_agency_alone():
    story = make_story()
    unit = make_unit(story.agency)
    clerk = make_officer(story.agency, username="clerk", unit=unit)
    story.expected_return = make_return(story.period, story.agency, unit=unit)
    make_draft(story)
    assert say(story, clerk).pk and say(story, story.officer).pk
    for person in (story.planner, story.head):
        with pytest.raises(NotFound):
            say(story, person)
        assert not visible_to(Comment, person, at=story.at).exists()


def test_nothing_is_said_before_anything_is_entered():
    story = make_story()
    assert not may_comment(story.expected_return, story.planner, at=story.at)
    with pytest.raises(WrongState):
        say(story, story.planner)


def test_a_cells_thread_is_keyed_by_the_figure_and_goes_on_over_all_submissions():
    story = make_story()
    first = make_submitted(story, {"VIO01": 5, "VIO02": 5})
    say(story, story.head, "Почему пять?", cell="VIO01.TOTAL")
    draft = return_submission(submission=first, comment="Смотрите замечание", actor=story.head, at=story.at)
    say(story, story.officer, "Уточнили", cell="VIO01.TOTAL")
    say(story, story.officer, "В целом верно")
    layout = layout_of(story.expected_return.form)
    key = layout.named("VIO01.TOTAL")
    threads = threads_of(story.expected_return)
    assert set(threads) == {key, None}
    said = [(one.text, one.submission.number) for one in threads[key].comments]
    assert said == [("Почему пять?", 1), ("Уточнили", 2)]
    first_said = threads[key].comments[0]
    assert Figure.objects.get(pk=(first_said.submission_id, *key)).value == 5
    assert draft.comments.count() == 2


def test_a_derived_cell_has_a_thread_too():
    story = make_story()
    centre = make_agency("RU", "information_centre")
    story.expected_return = make_return(make_interval(story.operation), centre)
    make_submission(story.expected_return, entered_by=story.officer, status="submitted")
    assert say(story, story.planner, cell="INF04.TOTAL").indicator.code == "INF04"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"text": " "}, {("required", "text")}),
        ({"text": "x" * 2001}, {("too_long", "text")}),
        ({"text": "гр. Иванов И. И."}, {("personal_data", "text")}),
        ({"text": "Сообщил Иванов И. И."}, {("looks_personal", "text")}),
        ({"cell": "NOPE.TOTAL"}, {("unknown_cell", "cell")}),
    ],
)
def test_bad_input_is_told_field_by_field_and_nothing_is_kept(given: dict, found: set):
    story = make_story()
    make_submitted(story)
    with pytest.raises(BadInput) as refused:
        say(story, story.head, **given)
    assert {(problem.code, problem.field) for problem in refused.value.problems} == found
    assert not Comment.objects.exists()


def test_a_doubt_gives_way_to_a_reason_that_the_trail_keeps():
    story = make_story()
    make_submitted(story)
    say(story, story.head, "Сообщил Иванов И. И.", screening_reason="Сотрудник штаба")
    assert "Сотрудник штаба" in AuditEntry.objects.get(act="comment.create").data


def test_a_flag_tells_those_who_answer_for_the_figures_and_is_settled_by_whoever_raised_it_or_decides():
    story = make_story()
    make_submitted(story)
    flag = say(story, story.planner, needs_follow_up=True)
    assert set(Notice.objects.filter(topic="comment.flagged").values_list("user", flat=True)) == {story.officer.pk}
    settles = {"head": story.head, "planner": story.planner, "hq_chair": story.hq_chair}
    for name, person in {**settles, "officer": story.officer, "observer": make_observer()}.items():
        assert may(flag, "settle", person, at=story.at) is (name in settles), name
    with pytest.raises(NotAllowed):
        settle_comment(comment=flag, actor=story.officer, at=story.at)
    assert flagged_by_return([story.expected_return.pk]) == {story.expected_return.pk: 1}
    settled = settle_comment(comment=flag, note="Число верно", actor=story.head, at=story.at)
    assert (is_flagged(settled), settled.settled_note, settled.text) == (False, "Число верно", flag.text)
    assert flagged_by_return([story.expected_return.pk]) == {}
    with pytest.raises(WrongState):
        settle_comment(comment=settled, actor=story.head, at=story.at)


def test_a_comment_without_a_flag_has_nothing_to_settle():
    story = make_story()
    make_submitted(story)
    with pytest.raises(WrongState):
        settle_comment(comment=say(story, story.head), actor=story.head, at=story.at)


def test_nothing_that_was_said_can_be_changed_or_removed():
    assert COMMENT.names() == ["create", "settle"]


def test_a_return_with_a_flag_is_left_out_of_bulk_acceptance_and_comments_stand_in_no_decisions_way():
    story = make_story()
    submission = make_submitted(story)
    flag = say(story, story.planner, needs_follow_up=True)
    [decided] = bulk_accept(submissions=[submission], actor=story.head, at=story.at)
    assert decided.refusal is not None and decided.refusal.problems[0].code == "not_clean"
    assert accept_submission(submission=submission, actor=story.head, at=story.at).status == "accepted"
    assert is_flagged(flag)


def test_a_copied_draft_takes_no_comment_with_it():
    story = make_story()
    first = make_submitted(story)
    say(story, story.head)
    draft = return_submission(submission=first, comment="Проверьте", actor=story.head, at=story.at)
    assert not draft.comments.exists()
    assert submit_return(submission=draft, actor=story.officer, at=story.at).pk


# --- my work ---


def owes(story: Story, person) -> list[str]:
    """What flags put on the person's list."""
    return [str(item.detail) for item in flags_to_follow_up(person, standing(person, story.at), story.at)]


def waits_for(story: Story) -> set[str]:
    people = {name: getattr(story, name) for name in ("officer", "second_officer", "head", "planner", "hq_chair")}
    return {name for name, person in people.items() if owes(story, person)}


def test_a_flag_from_outside_waits_for_the_officers_and_once_they_answer_for_whoever_raised_it():
    story = make_story()
    make_submitted(story)
    flag = say(story, story.head, needs_follow_up=True)
    assert waits_for(story) == {"officer", "second_officer"}
    assert owes(story, make_officer(make_agency("BY"))) == []
    say(story, story.officer, "Число верно")
    assert waits_for(story) == {"head"}
    settle_comment(comment=flag, actor=story.head, at=story.at)
    assert waits_for(story) == set()


def test_a_flag_of_the_agencys_own_officer_waits_for_the_head_who_decides():
    story = make_story()
    make_submitted(story)
    say(story, story.officer, "Уточняем", needs_follow_up=True)
    assert waits_for(story) == {"head"}


def test_an_answer_in_another_thread_answers_nothing():
    story = make_story()
    make_submitted(story)
    say(story, story.planner, needs_follow_up=True, cell="VIO01.TOTAL")
    say(story, story.officer, "О донесении в целом")
    assert waits_for(story) == {"officer", "second_officer"}


def test_a_flag_on_a_units_return_waits_for_the_unit_and_stays_inside_the_agency():
    story = make_story()
    unit = make_unit(story.agency)
    of_unit = make_officer(story.agency, username="unit-officer", unit=unit)
    owed = make_return(story.period, story.agency, unit=unit)
    make_submission(owed, entered_by=of_unit, status="submitted")
    comment_on(expected_return=owed, text="Проверьте", needs_follow_up=True, actor=story.officer, at=story.at)
    with translation.override("en"):
        assert owes(story, of_unit) == ["1 comment to follow up"]
    assert waits_for(story) <= {"second_officer"}


def test_flags_are_one_line_for_each_return_and_three_queries(django_assert_max_num_queries):
    story = make_story()
    make_submitted(story)
    for _number in range(3):
        say(story, story.head, needs_follow_up=True)
    held = standing(story.officer, story.at)
    with translation.override("en"), django_assert_max_num_queries(5):
        found = list(flags_to_follow_up(story.officer, held, story.at))
        assert [str(item.detail) for item in found] == ["3 comments to follow up"]
