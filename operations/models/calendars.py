"""Feeds of a person's calendar: an address that a calendar program asks without a sign-in."""

from django.db import models

from operations.models.people import User


class CalendarFeed(models.Model):
    """A secret address of one person. Only the digest of the secret is kept; a revoked row stays as a record."""

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at__isnull=True), name="one_open_calendar_feed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.created_at:%Y-%m-%d}"
