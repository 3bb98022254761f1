"""Which indicators tell of persons, and which stand so near them that their numbers would tell as well.

A vehicle or a premises is no person, but where its count is part of a count of persons, the two are reckoned from one
another: they are protected together.
"""

from django.db.models import Q, QuerySet

from operations.models import Indicator


def about_persons() -> QuerySet[Indicator]:
    """The indicators derived from persons, their wholes and their parts."""
    near = Indicator.objects.filter(is_person_derived=True)
    return Indicator.objects.filter(
        Q(is_person_derived=True)
        | Q(part_of__in=near)
        | Q(pk__in=near.filter(part_of__isnull=False).order_by().values("part_of"))
    ).order_by()
