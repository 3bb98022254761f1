"""A fine table of `Total` with all its margins, as a release: state × stage × category for disclosure control."""

import itertools
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, Sum

from operations.domain.standing_figures import OFFICIAL
from operations.models import Indicator, Operation, Total
from reports.domain.disclosure_tables import Release
from reports.domain.places import Place


def release_of_totals(
    operation: Operation, *, indicators: Iterable[Indicator], breakdown: str, basis: str = Total.Basis.ACCEPTED
) -> Release:
    """Every cell of the indicators by state, stage and category of one breakdown, and every margin of them.

    For flows alone: a stock has no sum over the stages. One query.
    """
    flows = [one for one in indicators if one.over_time == Indicator.Aggregation.SUM and not one.is_money]
    rows = Total.objects.filter(
        Q(category__breakdown__code=breakdown) | Q(category__breakdown__isnull=True),
        period__operation=operation,
        period__kind__in=OFFICIAL,
        basis=basis,
        indicator__in=flows,
    )
    grouped = rows.values_list(
        "indicator__code", "state__code", "period__stage__number", "period__code", "category__code",
        "category__breakdown__code",
    )  # fmt: skip
    values: dict[Place, int] = defaultdict(int)
    for indicator, state, stage, period, category, of, value in grouped.annotate(sum=Sum("value")):
        time = f"stage:{stage}" if stage else f"period:{period}"
        inner = Place(operation.slug, indicator, f"{of}:{category}" if of else "", state, time)
        # the category TOTAL is a row of its own: categories are not added up to it
        for one_state, one_time in itertools.product((state, ""), (time, "")):
            values[inner._replace(state=one_state, time=one_time)] += value
    return Release(values=dict(values))
