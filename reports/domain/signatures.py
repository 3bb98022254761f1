"""Who signs a report of the headquarters: its chair, with post and rank as on the day."""

import datetime as dt

from operations.domain.moments import moscow_date
from reports.domain import blocks
from reports.domain.capacities import HEADQUARTERS_CHAIR, headquarters_chair, post_of
from reports.domain.cells import both


def signature_of_headquarters(at: dt.datetime) -> blocks.Block:
    """The signature line after the last section; without a chair the name is left open."""
    chair = headquarters_chair(at)
    if chair is None:
        return blocks.signature(post=HEADQUARTERS_CHAIR)
    known = post_of(chair, on=moscow_date(at))
    return blocks.signature(
        post=known["post"] or HEADQUARTERS_CHAIR,
        rank=known["rank"],
        name=both(ru=chair.name_ru, en=chair.name_en),
    )
