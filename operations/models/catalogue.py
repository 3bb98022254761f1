"""The reference catalogue: states, bodies, agencies, indicators, breakdowns, rules and forms.

Loaded from the CSV files in `operations/reference/` by `manage.py load_reference`; codes are the contract
with the agencies' own systems. Identifiers are small integers because figures and totals carry several of them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberState(models.Model):
    """A member state of the Organisation; money of its agencies is in `currency`."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3, unique=True)
    short_en = models.CharField(max_length=60)
    official_en = models.CharField(max_length=120)
    short_ru = models.CharField(max_length=60)
    official_ru = models.CharField(max_length=120)
    genitive_ru = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=50)

    class Meta:
        ordering = ["short_ru"]  # documents list states in Russian alphabetical order

    def __str__(self) -> str:
        return self.code

    @property
    def name_ru(self) -> str:
        return self.short_ru

    @property
    def name_en(self) -> str:
        return self.short_en


class Body(models.Model):
    """The Council, the International Headquarters, the Secretariat, an invited body, or a task force of `states`."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Coordination Council")
        HEADQUARTERS = "headquarters", _("International Headquarters")
        SECRETARIAT = "secretariat", _("Secretariat")
        INVITED = "invited", _("Invited body")
        TASK_FORCE = "task_force", _("Task force")

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name_en = models.CharField(max_length=300)
    name_ru = models.CharField(max_length=300)
    short_en = models.CharField(max_length=60, blank=True)
    short_ru = models.CharField(max_length=60, blank=True)
    states = models.ManyToManyField(MemberState, related_name="task_forces", blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.code


class AgencyKind(models.Model):
    """A kind of competent authority: every state has its own name for it, the forms are the same."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=30, unique=True)
    name_en = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class Agency(models.Model):
    """A competent authority of one state: it reports, its officers enter figures."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="agencies")
    kind = models.ForeignKey(AgencyKind, models.PROTECT, related_name="agencies")
    name_en = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["state__short_ru", "kind_id", "code"]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """A reporting unit below an agency, or its "central office" line."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units")
    code = models.CharField(max_length=40)
    name_en = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200)
    is_central_office = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["agency", "code"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "code"], name="unit_code_unique_in_agency"),
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(is_central_office=True),
                name="one_central_office_per_agency",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class IndicatorGroup(models.TextChoices):
    """In the order in which forms and reports list them."""

    ACTIVITY = "activity", _("Forces and inspections")
    VIOLATIONS = "violations", _("Violations of migration legislation")
    ACCOUNTABILITY = "accountability", _("Administrative liability")
    RETURN = "return", _("Expulsion and return")
    CRIMINAL_CASES = "criminal_cases", _("Criminal cases")
    ORGANISED_CRIME = "organised_crime", _("Organised crime")
    WANTED = "wanted", _("Wanted persons")
    BORDER = "border", _("Border")
    FINANCE = "finance", _("Financial monitoring")
    INFORMATION_EXCHANGE = "information_exchange", _("Information exchange")
    MIGRATION_FLOWS = "migration_flows", _("Migration flows")
    PREVENTION = "prevention", _("Prevention")
    RIGHTS = "rights", _("Rights and complaints")


class Breakdown(models.Model):
    """A dimension in which an indicator is broken down: citizenship group, sex, kind of site."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=30, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class Category(models.Model):
    """One value of a breakdown. The row `TOTAL`, of no breakdown, stands for the indicator's own value."""

    TOTAL = "TOTAL"

    id = models.SmallAutoField(primary_key=True)
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, null=True, blank=True, related_name="categories")
    code = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)

    class Meta:
        ordering = [models.F("breakdown").asc(nulls_first=True), "position"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["breakdown", "code"], name="category_code_unique_in_breakdown"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(breakdown__isnull=True), name="category_total_is_one_row"
            ),
            models.CheckConstraint(
                condition=models.Q(breakdown__isnull=False) | models.Q(code="TOTAL"),
                name="category_without_breakdown_is_total",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Indicator(models.Model):
    """What is measured: unit, aggregation, who reports it, its breakdowns and what it is part of."""

    class Kind(models.TextChoices):
        COUNT = "count", _("Count")
        MONEY = "money", _("Money")
        STOCK = "stock", _("Stock")
        LEVEL = "level", _("Level")

    class Aggregation(models.TextChoices):
        SUM = "sum", _("Sum")
        MAX = "max", _("Maximum")
        LAST = "last", _("Last value")
        NONE = "none", _("Not aggregated")

    class PartKind(models.TextChoices):
        EXHAUSTIVE = "exhaustive", _("The parts make up the whole")
        DISJOINT = "disjoint", _("The parts do not overlap")
        OVERLAPPING = "overlapping", _("The parts may overlap")

    class Direction(models.TextChoices):
        NEUTRAL = "neutral", _("Neutral")
        HIGHER_IS_BETTER = "higher_is_better", _("Higher is better")
        LOWER_IS_BETTER = "lower_is_better", _("Lower is better")

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=10, unique=True)
    group = models.CharField(max_length=20, choices=IndicatorGroup)
    position = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    kind = models.CharField(max_length=6, choices=Kind)
    over_time = models.CharField(max_length=4, choices=Aggregation)
    over_space = models.CharField(max_length=4, choices=Aggregation)
    direction = models.CharField(max_length=16, choices=Direction, default=Direction.NEUTRAL)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    part_kind = models.CharField(max_length=11, choices=PartKind, blank=True)
    is_operational = models.BooleanField(default=False)
    is_follow_up = models.BooleanField(default=False)
    is_person_derived = models.BooleanField(default=False)
    is_derived = models.BooleanField(default=False)
    evidence = models.CharField(max_length=20, blank=True)
    definition_en = models.TextField(blank=True)
    definition_ru = models.TextField(blank=True)
    reported_by = models.ManyToManyField(AgencyKind, related_name="indicators")
    breakdowns = models.ManyToManyField(Breakdown, related_name="indicators", blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_money(self) -> bool:
        return self.kind == self.Kind.MONEY


class PeriodKind(models.TextChoices):
    OPERATIONAL = "operational", _("Situation report")
    FINAL = "final", _("Final return of a stage")
    FOLLOW_UP = "follow_up", _("Follow-up return of a stage")
    INTERVAL = "interval", _("Periodic return")


class Rule(models.Model):
    """A version of a validation rule («контрольное соотношение») as data; the grammar is in `domain/rule_language.py`.

    One version of a code is active. A version that the headquarters propose is tried over past returns (`trial`)
    before it takes effect; the version that it replaces stays, because breaches refer to it.
    """

    class Severity(models.TextChoices):
        BLOCK = "block", _("Blocks")
        WARN = "warn", _("Warns")

    class Missing(models.TextChoices):
        SKIP_IF_ANY = "skip_if_any", _("Skipped when any value is missing")
        SKIP_IF_ALL = "skip_if_all", _("Skipped when all values are missing")
        AS_ZERO = "as_zero", _("A missing value counts as zero")

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField(default=1)
    severity = models.CharField(max_length=5, choices=Severity)
    left = models.CharField(max_length=500)
    operator = models.CharField(max_length=8)
    right = models.CharField(max_length=500)
    missing = models.CharField(max_length=11, choices=Missing)
    applies_to = models.JSONField(default=list)
    message_en = models.CharField(max_length=300)
    message_ru = models.CharField(max_length=300)
    is_active = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey("operations.User", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    trial = models.JSONField(default=dict, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_version_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(is_active=True), name="one_active_version_per_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReturnForm(models.Model):
    """The form of a return: which indicators an agency kind fills for a kind of period, by version."""

    agency_kind = models.ForeignKey(AgencyKind, models.PROTECT, related_name="forms")
    period_kind = models.CharField(max_length=11, choices=PeriodKind)
    version = models.PositiveSmallIntegerField(default=1)
    indicators = models.ManyToManyField(Indicator, related_name="forms")

    class Meta:
        ordering = ["agency_kind", "period_kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["agency_kind", "period_kind", "version"], name="return_form_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.agency_kind_id}/{self.period_kind}/{self.version}"
