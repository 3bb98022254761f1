"""A revision number for rows that people edit at the same time.

The number a person was shown comes back with the edit (form field, `If-Match`); an edit of an older
revision is a conflict, never a silent overwrite.
"""

from django.db import models


class Revised(models.Model):
    """Carries `revision`, raised by one with every accepted edit."""

    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
