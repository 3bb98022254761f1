"""In which capacity somebody decides on a report, and the posts that a document prints beside a name.

The words are copied into the approval when it is given, so that the document says years later what was true that day.
"""

import datetime as dt
from typing import Any

from operations.domain.moments import moscow_date
from operations.models import Membership, Post, Role, User
from reports.domain.cells import Text, both
from reports.domain.definitions import Office, definition_of
from reports.domain.texts import worded
from reports.models import Report

COUNCIL_CHAIR = both(
    ru="Председатель Координационного совета руководителей компетентных органов государств – членов ОДКБ по вопросам "
    "борьбы с незаконной миграцией",
    en="Chair of the Coordination Council of Heads of Competent Authorities of CSTO Member States on Combating Illegal "
    "Migration",
)
HEADQUARTERS_CHAIR = both(
    ru="Руководитель Международного штаба операции", en="Chair of the International Headquarters of the Operation"
)


def capacity_to_approve(report: Report) -> Text:
    """The office that decides on a report of this kind; the stamp «УТВЕРЖДАЮ» names it before anybody has."""
    office = definition_of(report).approved_by
    if office is Office.HQ_CHAIR:
        return HEADQUARTERS_CHAIR
    if office is Office.NATIONAL_HEAD and report.state is not None:
        return both(
            ru=f"Руководитель Национального штаба {report.state.genitive_ru}",
            en=f"Head of the national headquarters of the {report.state.official_en}",
        )
    return COUNCIL_CHAIR


def post_of(user: User, *, on: dt.date) -> dict[str, Any]:
    """Post and rank as they were on a day: `post` and `rank` are texts or None."""
    post = Post.objects.on(on).filter(user=user).first()
    if post is None:
        return {"post": None, "rank": None}
    rank = both(ru=post.rank_ru, en=post.rank_en or post.rank_ru) if post.rank_ru else None
    return {"post": both(ru=post.title_ru, en=post.title_en or post.title_ru), "rank": rank}


def role_of(user: User, *, on: dt.date) -> Text:
    """The role in which somebody composed or submitted a report; a system user is the system itself."""
    held = Membership.objects.on(on).filter(user=user).order_by("from_date").first()
    if held is not None:
        return worded(Role(held.role).label)
    return both(ru="система", en="the system") if user.is_system else both(ru="—", en="—")


def headquarters_chair(at: dt.datetime) -> User | None:
    """Who chairs the International Headquarters on the day, acting or in full."""
    held = Membership.objects.on(moscow_date(at)).filter(role=Role.HQ_CHAIR).select_related("user").first()
    return None if held is None else held.user
