"""Where documents went: named recipients, what was sent to them, and who fetched a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.models import Language, User
from reports.models.reports import Document


class Recipient(models.Model):
    """An office that gets copies of the documents of some definitions by e-mail; its copies carry its number."""

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
    """A document sent to a recipient: name and address as they were, when it was asked for and when it left."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="dispatches")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="dispatches")
    name = models.CharField(max_length=300)
    email = models.EmailField()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "name"]
        constraints = [models.UniqueConstraint(fields=["document", "recipient"], name="one_dispatch_per_recipient")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.email}"


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
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.at}"
