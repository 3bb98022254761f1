"""Starting a plan from the standard skeleton: what every yearly plan says, before anybody has written it.

The skeleton is data (`operations/reference/plan_template.csv`): standing words of sections, objectives with neutral
measures, procedures. It has no dates, so the checks of the draft lead the planner to every stage that is still missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Text
from operations.models import AgencyKind, ExchangeProcedure, Indicator, Measure, Objective, Plan, PlanSection

NAME: Text = _("the standard skeleton")


@dataclass(frozen=True, kw_only=True)
class SkeletonRow:
    """A section, objective, measure or procedure; a section names its kind, the others the objective's number."""

    row: str
    belongs_to: str
    text_ru: str
    text_en: str
    timing: str
    responsible_kinds: tuple[str, ...]
    indicators: tuple[str, ...]

    @property
    def texts(self) -> Mapping[str, str]:
        return {"text_ru": self.text_ru, "text_en": self.text_en}


@dataclass(frozen=True)
class Skeleton:
    """The rows in their order; the trail calls it by its name."""

    rows: tuple[SkeletonRow, ...]

    def __str__(self) -> str:
        return "standard skeleton"

    def of(self, row: str, belongs_to: str | None = None) -> Iterator[tuple[int, SkeletonRow]]:
        """The rows of a kind, numbered from 1."""
        found = [one for one in self.rows if one.row == row and belongs_to in (None, one.belongs_to)]
        return enumerate(found, start=1)


def lay_out(plan: Plan, skeleton: Skeleton) -> Plan:
    """Writes the skeleton into an empty plan."""
    for _number, row in skeleton.of("section"):
        PlanSection.objects.create(plan=plan, kind=PlanSection.Kind(row.belongs_to), **row.texts)
    for number, row in skeleton.of("objective"):
        objective = Objective.objects.create(plan=plan, position=number, **row.texts)
        for place, measure in skeleton.of("measure", row.belongs_to):
            _measure(objective, place, measure)
    for number, row in skeleton.of("procedure"):
        ExchangeProcedure.objects.create(plan=plan, position=number, **row.texts)
    return plan


def _measure(objective: Objective, place: int, row: SkeletonRow) -> None:
    measure = Measure.objects.create(
        objective=objective, position=place, timing=Measure.Timing(row.timing), **row.texts
    )
    measure.responsible_kinds.set(AgencyKind.objects.filter(code__in=row.responsible_kinds))
    measure.indicators.set(Indicator.objects.filter(code__in=row.indicators))


def texts_of(skeleton: Skeleton) -> frozenset[str]:
    """The Russian texts of its measures: one that still reads so was not touched since."""
    return frozenset(row.text_ru for _place, row in skeleton.of("measure"))
