"""What is known from published sources: figures, stage dates, events, reconciliations, and dated exchange rates.

Nothing here is entered by an agency and nothing is ever added into `Total`. An empty field means that no source says.
"""

from typing import Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from operations.models.catalogue import Indicator, MemberState
from operations.models.operations import Operation
from operations.models.people import User


class Qualifier(models.TextChoices):
    EQ = "eq", _("exactly")
    GT = "gt", _("more than")
    LT = "lt", _("less than")
    APPROX = "approx", _("about")


class PublishedFigureQuerySet(models.QuerySet["PublishedFigure"]):
    """Figures that count, and those that a correction took the place of."""

    def standing(self) -> Self:
        return self.filter(replaced_by__isnull=True)


class PublishedFigure(models.Model):
    """A published figure with its source, kept exactly as stated; one that was entered wrongly names what replaced it.

    `state` is empty for a regional figure (`region_code` holds what the source file says, "CSTO"); `indicator` is empty
    for context; a stated `unit` that differs from the indicator's is shown and never summed. `value` is in major units.
    """

    class PeriodKind(models.TextChoices):
        STAGE = "stage", _("Stage")
        YEAR = "year", _("Year")
        MULTI_YEAR = "multi_year", _("Several years")
        PART = "part", _("Part of a year")
        AS_OF = "as_of", _("As of a date")

    class Scope(models.TextChoices):
        REGIONAL = "regional", _("Regional")
        NATIONAL = "national", _("National")
        SUBNATIONAL = "subnational", _("Part of a state")
        CITY = "city", _("City")
        BILATERAL = "bilateral", _("Two states")

    class Coverage(models.TextChoices):
        TOTAL = "total", _("Total")
        PART = "part", _("Part")
        CONTEXT = "context", _("Context")
        OTHER_OPERATION = "other_operation", _("Other operation")

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        SOURCES_DIFFER = "sources_differ", _("Sources differ")

    code = models.CharField(max_length=10, unique=True)
    date_from = models.DateField(null=True, blank=True)
    date_to = models.DateField(null=True, blank=True)
    period_kind = models.CharField(max_length=10, choices=PeriodKind)
    period_en = models.CharField(max_length=100)
    period_ru = models.CharField(max_length=100)
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    region_code = models.CharField(max_length=10, blank=True)
    scope = models.CharField(max_length=11, choices=Scope)
    place_en = models.CharField(max_length=120)
    place_ru = models.CharField(max_length=120)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="published_figures")
    label_en = models.CharField(max_length=300)
    label_ru = models.CharField(max_length=300)
    qualifier = models.CharField(max_length=6, choices=Qualifier)
    value = models.DecimalField(max_digits=18, decimal_places=2)
    unit = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    coverage = models.CharField(max_length=15, choices=Coverage)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    status = models.CharField(max_length=14, choices=Status)
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    source_date = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaces")

    objects = PublishedFigureQuerySet.as_manager()

    class Meta:
        ordering = ["year_from", "year_to", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year_to__gte=models.F("year_from")), name="published_years_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def has_indicators_unit(self) -> bool:
        """A figure whose stated unit differs from its indicator's is never part of a sum."""
        return self.indicator is not None and self.unit == self.indicator.unit


class Reconciliation(models.Model):
    """A stated total and the parts that a source gives for it, with what is expected of their sum."""

    class Expected(models.TextChoices):
        EQUAL = "equal", _("The parts equal the total")
        ABOUT = "about", _("The parts are about the total")
        AT_LEAST = "at_least", _("The parts are a lower bound of the total")
        PARTS_EXCEED_TOTAL = "parts_exceed_total", _("The parts exceed the stated total")

    total = models.OneToOneField(PublishedFigure, models.PROTECT, related_name="reconciliation")
    parts = models.ManyToManyField(PublishedFigure, related_name="+")
    expected = models.CharField(max_length=18, choices=Expected)
    what_en = models.CharField(max_length=300)

    class Meta:
        ordering = ["total__year_from", "total__code"]

    def __str__(self) -> str:
        return self.what_en


class PublishedStage(models.Model):
    """Stage dates of a historical operation, of the whole Organisation (`state` empty) or of one state."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="published_stages")
    number = models.PositiveSmallIntegerField()
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    codename = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=500)

    class Meta:
        ordering = ["operation", "number", models.F("state__short_ru").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint("operation", "number", Coalesce("state_id", 0), name="published_stage_unique")
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}/{self.number}"


class ContextEvent(models.Model):
    """A cited event that explains the figures: a decree's expiry, a law, a decision. The date may be a month."""

    code = models.CharField(max_length=10, unique=True)
    date_text = models.CharField(max_length=10)
    starts_on = models.DateField()
    place_en = models.CharField(max_length=120)
    place_ru = models.CharField(max_length=120)
    event_en = models.CharField(max_length=300)
    event_ru = models.CharField(max_length=300)
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    source_date = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["starts_on", "code"]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """A dated rate: how many units of `currency` one US dollar bought; amounts stay stored in their own currency."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    units_per_usd = models.DecimalField(max_digits=14, decimal_places=6)
    source = models.CharField(max_length=300)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    is_superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ["currency", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "day"],
                condition=models.Q(is_superseded=False),
                name="one_rate_per_currency_and_day",
            ),
            models.CheckConstraint(condition=models.Q(units_per_usd__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
