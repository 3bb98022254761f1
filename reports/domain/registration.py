"""The register of approved documents: each approval gets the next number of its year.

Numbers count from 1 in every calendar year of Moscow and are never given twice; the day of registration is the day of
the approval. The lock of the audit chain, which every approval takes anyway, orders two approvals of one moment.
"""

import datetime as dt

from operations.domain.audit import take_chain_lock
from operations.domain.moments import moscow_date
from reports.models import Approval


def next_registration(at: dt.datetime) -> tuple[str, dt.date]:
    """The next number, as it is printed (`7-2026`), and the day; must run inside the transaction of the approval."""
    take_chain_lock()
    day = moscow_date(at)
    numbers = Approval.objects.filter(registration_number__endswith=f"-{day.year}").values_list(
        "registration_number", flat=True
    )
    last = max((int(number.partition("-")[0]) for number in numbers), default=0)
    return f"{last + 1}-{day.year}", day
