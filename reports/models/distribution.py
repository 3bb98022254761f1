"""Where documents went: named recipients, what was sent to them, and who fetched a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.models import Language, User
from operations.models.revision import Revised
from reports.models.reports import Approval, Document


class Recipient(Revised):
    """An office that gets copies of documents by e-mail; those of the full edition carry its name and a number.

    `definitions` lists the kinds of report it gets; an empty list is all of them.
    """

    name_ru = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    email = models.EmailField(unique=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.RU)
    definitions = models.JSONField(default=list)
    edition = models.CharField(max_length=6, choices=Document.Edition, default=Document.Edition.PUBLIC)
    is_active = models.BooleanField(default=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["name_ru"]

    def __str__(self) -> str:
        return self.name_ru


class Dispatch(models.Model):
    """A copy of an approved report for a recipient: name and address as they were, its number, when it left.

    `copy_number` is 0 for the public edition, which has no copies. `document` is empty until the copy is drawn.
    """

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="dispatches")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="dispatches")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="dispatches")
    name_ru = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=Language)
    edition = models.CharField(max_length=6, choices=Document.Edition)
    copy_number = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "name_ru"]
        verbose_name_plural = "dispatches"
        constraints = [
            models.UniqueConstraint(fields=["approval", "recipient", "edition"], name="one_dispatch_per_recipient"),
            models.UniqueConstraint(
                fields=["approval", "copy_number"],
                condition=models.Q(copy_number__gt=0),
                name="copy_number_unique_in_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}: {self.email}"


class Download(models.Model):
    """One fetching of a file; `user` is empty when somebody outside fetched a public edition."""

    class Door(models.TextChoices):
        PAGE = "page", _("by page")
        RELEASE = "release", _("from the releases")
        API = "api", _("by the programming interface")

    document = models.ForeignKey(Document, models.PROTECT, related_name="downloads")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    door = models.CharField(max_length=7, choices=Door)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.at}"
