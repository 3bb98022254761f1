"""What people call the place of a number: its indicator, state, category and time, in a constant number of queries."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from operations.domain.period_names import period_name
from operations.models import Agency, Category, Indicator, MemberState, Operation, ReportingPeriod
from reports.domain.places import Place


class PlaceNames:
    """Names of the codes that some places have, in one language."""

    def __init__(self, places: Iterable[Place], *, language: str) -> None:
        found = list(places)
        self._suffix = language
        self._indicators = self._named(Indicator, {one.indicator for one in found})
        self._states = self._named(MemberState, {one.state for one in found})
        codes = {one.category.partition(":")[2] for one in found}
        rows = Category.objects.filter(code__in=codes, breakdown__isnull=False).select_related("breakdown")
        self._categories = {f"{row.breakdown.code}:{row.code}": self._name(row) for row in rows if row.breakdown}
        slugs = {one.operation for one in found}
        self._titles = {row.slug: getattr(row, f"title_{language}") for row in Operation.objects.filter(slug__in=slugs)}
        times = {one.time.partition(":")[2] for one in found if one.time.startswith("period:")}
        periods = ReportingPeriod.objects.filter(operation__slug__in=slugs, code__in=times).select_related("operation")
        self._periods = {(row.operation.slug, row.code): period_name(row) for row in periods}
        self._agencies = self._named(Agency, {one.agency for one in found})

    def indicator(self, place: Place) -> str:
        return self._indicators.get(place.indicator, place.indicator)

    def state(self, place: Place) -> str:
        return self._states.get(place.state, place.state) if place.state else _("Region")

    def category(self, place: Place) -> str:
        return self._categories.get(place.category, place.category)

    def time(self, place: Place) -> str:
        """A stage or a period of the operation, or the whole of it."""
        kind, _sign, code = place.time.partition(":")
        title = self._titles.get(place.operation, place.operation)
        if kind == "stage":
            return f"{title}, " + _("stage %(number)s") % {"number": code}
        return f"{title}, {self._periods.get((place.operation, code), code)}" if kind else title

    def agency(self, place: Place) -> str:
        return self._agencies.get(place.agency, place.agency)

    def _named(self, model: type[Indicator | MemberState | Agency], codes: set[str]) -> dict[str, str]:
        return {row.code: self._name(row) for row in model.objects.filter(code__in=codes - {""})} if codes else {}

    def _name(self, row: Indicator | MemberState | Agency | Category) -> str:
        return str(getattr(row, f"name_{self._suffix}"))
