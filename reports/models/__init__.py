"""Tables of the reports: report, narrative, snapshot, approval, document, disclosure control."""

from reports.models.disclosure import DisclosureControl, DisclosureMethod, DisclosureThresholds
from reports.models.reports import Approval, Document, Narrative, Report, Snapshot

__all__ = [
    "Approval",
    "DisclosureControl",
    "DisclosureMethod",
    "DisclosureThresholds",
    "Document",
    "Narrative",
    "Report",
    "Snapshot",
]
