"""The main job once by the programming interface alone: from an empty operation to the file of the approved report.

Everybody holds a token; nothing is put into the database behind the interface but people and agencies. The year passes
on a clock of the journey's own.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from operations import tasks
from operations.domain.moments import moscow_moment
from operations.domain.return_layout import layout_of
from operations.models import ApiToken, AuditEntry, Return
from tests.factories.people import PASSWORD, Cast, make_cast, make_officer
from tests.factories.plans import measure_values
from tests.factories.reference import STATES, load_reference, make_agency
from tests.journeys.callers import Clock, Correspondent
from tests.reports.rendering.pages import plain, text_of

pytestmark = pytest.mark.django_db

SLUG = "illegal-2026"
#: What the interior ministries of the six states count in the first stage, in the order of `STATES`.
INSPECTIONS = (101, 202, 303, 404, 505, 12_606)


@dataclass
class Journey:
    """Everybody on the way, what came to be on it, and the clock."""

    clock: Clock
    cast: Cast
    people: dict[str, Correspondent] = field(default_factory=dict)
    plan: str = ""
    report: str = ""

    def __getitem__(self, username: str) -> Correspondent:
        return self.people[username]

    def head(self, state: str) -> Correspondent:
        return self[f"head-{state.lower()}"]

    def officer(self, state: str) -> Correspondent:
        return self[f"officer-{state.lower()}-internal-affairs"]

    def on(self, month: int, day: int, hour: int = 12) -> None:
        self.clock.set(moscow_moment(dt.date(2026, month, day), hour))


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch) -> Journey:
    clock = Clock(moscow_moment(dt.date(2026, 1, 12), 10))
    monkeypatch.setattr("django.utils.timezone.now", clock)
    load_reference()
    cast = make_cast()
    officers = [make_officer(make_agency(code)) for code in STATES]
    everybody = [cast.planner, cast.hq_chair, cast.council_chair, *cast.heads.values(), *officers]
    return Journey(clock=clock, cast=cast, people={user.username: Correspondent(user) for user in everybody})


def test_the_whole_way_goes_by_api_from_an_empty_operation_to_the_file_of_the_approved_report(
    journey: Journey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    draft_the_plan(journey)
    agree_the_plan(journey)
    approve_the_plan(journey)
    report_the_figures(journey)
    compose_the_report(journey)
    approve_the_report(journey)
    fetch_and_verify_the_file(journey, tmp_path, capsys)
    nothing_happened_twice_or_unseen(journey)


# --- the plan ---


def draft_the_plan(journey: Journey) -> None:
    planner = journey["planner"]
    year = {"slug": SLUG, "kind": "annual", "year": 2026}
    titles = {"title_ru": "Операция «Нелегал-2026»", "title_en": "Operation “Illegal-2026”"}
    planner.post("operations/", year | titles)
    planner.post(f"operations/{SLUG}/start-plan/", {})
    [plan] = planner.rows(f"plans/?operation={SLUG}")
    journey.plan = f"plans/{plan['id']}/"
    unready = planner.refused(journey.plan, "circulate")
    assert unready.status_code == 422
    assert len(unready.json()["errors"]) > 1
    goal = {"goal_ru": "Пресечь незаконную миграцию", "goal_en": "Curb illegal migration"}
    assert planner.change("PATCH", journey.plan, goal, of=journey.plan)["goal_en"] == "Curb illegal migration"
    section = {"kind": "general", "revision": 0, "text_ru": "Общие положения", "text_en": "General"}
    planner.post(f"{journey.plan}section/", section)
    write_rows(planner, plan["id"])
    assert not [found for found in planner.get(f"{journey.plan}checks/") if found["blocks"]]


def write_rows(planner: Correspondent, plan: int) -> None:
    days = {"kind": "active", "start_date": "2026-06-15", "end_date": "2026-06-24"}
    stage = planner.post("stages/", {"plan": plan, **days, "name_ru": "Первый этап", "name_en": "First stage"})
    window = {"state": "KZ", "start_date": "2026-06-16", "end_date": "2026-06-20"}
    planner.post("stage-windows/", {"plan": plan, "stage": stage["id"], **window})
    objective = planner.post("objectives/", {"plan": plan, "text_ru": "Перекрыть каналы", "text_en": "Cut channels"})
    for number in (1, 2):
        measure = measure_values(number, plan=plan, objective=objective["id"], stage=stage["id"])
        planner.post("measures/", measure)
    assert len(planner.rows(f"measures/?plan={plan}")) == 2
    again = {"text_ru": "Перекрыть каналы незаконной миграции", "text_en": "Cut off the channels"}
    changed = planner.change("PATCH", f"objectives/{objective['id']}/", again, of=f"objectives/{objective['id']}/")
    assert changed["revision"] == objective["revision"] + 1


def agree_the_plan(journey: Journey) -> None:
    planner, head = journey["planner"], journey.head("BY")
    journey.on(1, 13)
    assert planner.take(journey.plan, "circulate")["status"] == "in_agreement"
    journey.on(1, 20)
    for code in STATES:
        if code != "BY":
            journey.head(code).take(journey.plan, "respond", {"state": code, "answer": "agreed"})
    assert journey.head("KZ").refused(journey.plan, "respond", {"state": "BY", "answer": "agreed"}).status_code in (
        403,
        404,
    )
    early = journey["hq-chair"].refused(journey.plan, "record-agreement", {"in_correspondence": True})
    assert early.status_code == 422
    remarks = [{"place": "1.1", "text": "Уточните срок"}]
    head.take(journey.plan, "respond", {"state": "BY", "answer": "agreed_with_remarks", "remarks": remarks})
    [agreement] = head.rows("agreements/?state=BY")
    remark = agreement["remarks"][0]["id"]
    reply = {"remark": remark, "disposition": "taken", "reply": "Срок уточнён"}
    planner.take(journey.plan, "answer-remark", reply)
    head.take(journey.plan, "confirm-remark", {"remark": remark})
    board = planner.get(f"{journey.plan}board/")
    assert [(row["takes_part"], row["counts"]) for row in board] == [(True, True)] * 6


def approve_the_plan(journey: Journey) -> None:
    chair, council = journey["hq-chair"], journey["council-chair"]
    journey.on(2, 12)
    held = chair.post("meetings/", {"body": "IHQ", "number": 1, "held_on": "2026-02-12", "operation": SLUG})
    recorded = chair.take(journey.plan, "record-agreement", {"meeting": held["id"]})
    assert recorded["agreed_at_meeting"] == held["id"]
    assert chair.take(journey.plan, "submit")["status"] == "submitted"
    assert journey["planner"].rows(f"periods/?operation={SLUG}") == []
    assert council.offered(journey.plan) == {"approve": True, "return": True}
    sha256 = council.get(journey.plan)["versions"][-1]["sha256"]
    assert council.get(f"{journey.plan}text/")["sha256"] == sha256
    for given, status in (
        ({"sha256": sha256}, 400),
        ({"sha256": sha256, "password": "a guess"}, 400),
        ({"sha256": "0" * 64, "password": PASSWORD}, 409),
    ):
        assert council.refused(journey.plan, "approve", given).status_code == status
    given = {"sha256": sha256, "password": PASSWORD}
    assert journey["planner"].refused(journey.plan, "approve", given).status_code == 403
    assert council.take(journey.plan, "approve", given)["status"] == "approved"


# --- the returns ---


def report_the_figures(journey: Journey) -> None:
    planner = journey["planner"]
    periods = {period["code"]: period for period in planner.rows(f"periods/?operation={SLUG}")}
    assert {"S1-D01", "S1-D10", "S1-FINAL", "S1-FOLLOWUP", "Q1", "Q4"} <= periods.keys()
    due = dt.datetime.fromisoformat(periods["S1-FINAL"]["due_at"])
    journey.clock.set(due - dt.timedelta(days=1))
    for place, (code, inspections) in enumerate(zip(STATES, INSPECTIONS, strict=True), start=1):
        report_of_one_state(journey, code, {"ACT01": inspections, "VIO01": place, "VIO02": place})
        assert len(planner.rows(totals("ACT01"))) == place
    assert sum(row["value"] for row in planner.rows(totals("ACT01"))) == sum(INSPECTIONS)


def report_of_one_state(journey: Journey, state: str, values: Mapping[str, int]) -> None:
    officer, head = journey.officer(state), journey.head(state)
    [expected] = officer.rows(f"returns/?operation={SLUG}&period=S1-FINAL")
    path = f"returns/{expected['id']}/"
    assert officer.offered(path) == {"start": True}
    officer.post(f"{path}start/")
    put = officer.change("PUT", f"{path}figures/", figures(expected["id"], values), of=f"{path}figures/")
    stored = {cell["indicator"]: cell["value"] for cell in put["figures"] if cell["category"] == "TOTAL"}
    assert {code: stored[code] for code in values} == values
    assert officer.take(path, "submit", {})["submission"]["status"] == "submitted"
    assert officer.refused(path, "accept", {}).status_code == 403
    assert not head.rows(totals("ACT01", state))
    assert [row["value"] for row in head.rows(totals("ACT01", state) + "&basis=provisional")] == [values["ACT01"]]
    assert head.offered(path) == {"accept": True, "return": True}
    accepted = head.take(path, "accept", {"comment": "Проверено"})
    assert (accepted["submission"]["status"], accepted["is_timely"]) == ("accepted", True)
    assert [row["value"] for row in head.rows(totals("ACT01", state))] == [values["ACT01"]]


def figures(pk: int, values: Mapping[str, int]) -> dict[str, Any]:
    """Every required cell of the form; what is not named is nought."""
    layout = layout_of(Return.objects.get(pk=pk).form)
    lines = {line.indicator.code: values.get(line.indicator.code, 0) for line in layout.lines if line.is_entered}
    assert values.keys() <= lines.keys()
    return {"figures": [{"indicator": code, "value": value} for code, value in lines.items()]}


def totals(indicator: str, state: str = "") -> str:
    return f"totals/?operation={SLUG}&indicator={indicator}&category=TOTAL" + (f"&state={state}" if state else "")


# --- the report ---


def compose_the_report(journey: Journey) -> None:
    planner = journey["planner"]
    journey.on(11, 10)
    report = planner.post("reports/", {"definition": "annual", "operation": SLUG})
    journey.report = f"reports/{report['id']}/"
    assert planner.refused(journey.report, "submit").status_code == 422
    for section, words in {"summary": "Итоги подведены", "rights": "Сведения не собирались"}.items():
        texts = {"section": section, "text_ru": words, "text_en": f"English text of {section}"}
        edited = planner.take(journey.report, "edit", texts)
    assert {row["section"] for row in edited["narratives"]} == {"summary", "rights"}
    assert journey.head("RU").caller.get(journey.report).status_code == 404
    explained = {"explanation": "Сводки за сутки и за кварталы в показе не вводились"}
    assert planner.take(journey.report, "submit", explained)["status"] == "submitted"


def approve_the_report(journey: Journey) -> None:
    council = journey["council-chair"]
    journey.on(11, 18)
    shown = council.get(journey.report)
    content = council.download(f"snapshots/{shown['snapshot']}/content/")
    assert hashlib.sha256(content).hexdigest() == shown["snapshot_sha256"]
    assert json.loads(content)
    given = {"snapshot_sha256": shown["snapshot_sha256"], "password": PASSWORD}
    assert council.refused(journey.report, "approve", given | {"snapshot_sha256": "0" * 64}).status_code == 409
    assert council.take(journey.report, "approve", given)["status"] == "approved"


def fetch_and_verify_the_file(journey: Journey, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planner = journey["planner"]
    wanted = {"report": int(journey.report.split("/")[1]), "format": "pdf", "language": "ru"}
    asked = planner.post("documents/", wanted)
    assert planner.get(f"jobs/{asked['job']}/")["status"] == "queued"
    # the worker's part, in this process: the approval asked for five files, of which the journey needs this one
    tasks.run_job(asked["job"])
    done = planner.get(f"jobs/{asked['job']}/")
    assert (done["status"], done["error"]) == ("done", "")
    document = planner.get(f"documents/{done['result']['document']}/")
    content = planner.download(f"documents/{document['id']}/content/")
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (document["sha256"], document["size"])
    assert planner.post("documents/", wanted) == {"job": None, "document": document["id"]}
    text = text_of(content)
    for number in ("12 606", "14 121", "Итоги подведены", "Операция «Нелегал-2026»"):
        assert plain(number) in text
    file = folder / "annual.pdf"
    file.write_bytes(content)
    capsys.readouterr()
    call_command("verify_document", str(file))
    assert document["verification_code"] in capsys.readouterr().out
    with pytest.raises(SystemExit):
        file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
        call_command("verify_document", str(file))


def nothing_happened_twice_or_unseen(journey: Journey) -> None:
    """Every POST was sent twice: the trail is whole and has each act once, by the owner of the token that asked."""
    call_command("audit", "verify")
    call_command("totals", "verify")
    entries = Counter(AuditEntry.objects.values_list("act", "actor__username"))
    once = {
        "operation.create": "planner",
        "plan.circulate": "planner",
        "plan.record_agreement": "hq-chair",
        "plan.approve": "council-chair",
        "report.submit": "planner",
        "report.approve": "council-chair",
    }
    assert {act: who for act, who in entries if act in once} == once
    assert [entries[act, who] for act, who in once.items()] == [1] * len(once)
    accepted = {who: count for (act, who), count in entries.items() if act == "submission.accept"}
    assert accepted == {f"head-{code.lower()}": 1 for code in STATES}
    assert ApiToken.objects.filter(last_used_at__isnull=False).count() == len(journey.people)
