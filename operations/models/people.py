"""Who works with the system, in which capacity, and when.

A person's rights are never a flag on the user: they follow from dated memberships and, for the council
chair, from the dated term of office alone. Deputies and acting heads are memberships of their own.
"""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from operations.models.revision import Revised


class UserManager(BaseUserManager["User"]):
    """Creates people and the named system users that act for background jobs."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class Language(models.TextChoices):
    RU = "ru", _("Russian")
    EN = "en", _("English")


class User(AbstractBaseUser):
    """A person with a sign-in, or a named system user (`is_system`) that has none and acts for jobs."""

    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name_ru = models.CharField(max_length=150)
    name_en = models.CharField(max_length=150)
    language = models.CharField(max_length=2, choices=Language, default=Language.RU)
    time_zone = models.CharField(max_length=50, default="Europe/Moscow")
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name_ru", "name_en"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name_ru or self.username

    def get_full_name(self) -> str:
        return self.name_ru

    def get_short_name(self) -> str:
        return self.username


class DatedQuerySet(models.QuerySet):
    """Rows with `from_date` and an open or closed `until_date`, both days included."""

    def on(self, day: dt.date) -> "DatedQuerySet":
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gte=day), from_date__lte=day)


class Post(models.Model):
    """The post and rank that a document prints beside a signature, as they were on a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    title_ru = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    rank_ru = models.CharField(max_length=100, blank=True)
    rank_en = models.CharField(max_length=100, blank=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["user", "from_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="post_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.title_ru


class Role(models.TextChoices):
    HQ_PLANNER = "hq_planner", _("Planner of the International Headquarters")
    HQ_CHAIR = "hq_chair", _("Chair of the International Headquarters")
    NATIONAL_HEAD = "national_head", _("Head of a national headquarters")
    AGENCY_OFFICER = "agency_officer", _("Officer of a competent authority")
    CHAIR_ASSISTANT = "chair_assistant", _("Assistant to the chair of the Coordination Council")
    OBSERVER = "observer", _("Invited observer")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    """A role held from one day until another; `acting_for` marks a deputy or an acting head.

    A national head belongs to a state, an officer to an agency (or one of its units), everybody else to neither.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    state = models.ForeignKey("operations.MemberState", models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey("operations.Agency", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("operations.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    acting_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["user", "from_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="membership_dates_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(role="national_head", state__isnull=False, agency__isnull=True))
                | Q(role="agency_officer", agency__isnull=False)
                | (~Q(role__in=["national_head", "agency_officer"]) & Q(state__isnull=True, agency__isnull=True)),
                name="membership_scope_fits_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class ChairTerm(Revised):
    """A term of office of the chair of the Coordination Council: the only source of the right to approve.

    Days count by the Moscow date; both the first and the last day are days in office.
    """

    holder = models.ForeignKey(User, models.PROTECT, related_name="chair_terms")
    state = models.ForeignKey("operations.MemberState", models.PROTECT, related_name="+")
    elected_at = models.ForeignKey("operations.Meeting", models.PROTECT, null=True, blank=True, related_name="+")
    from_date = models.DateField()
    until_date = models.DateField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["from_date"]
        constraints = [
            models.CheckConstraint(condition=Q(until_date__gte=F("from_date")), name="chair_term_dates_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.from_date} – {self.until_date}"
