"""Tables of the reports: report, narrative, snapshot, approval, document."""

from reports.models.reports import Approval, Document, Narrative, Report, Snapshot

__all__ = ["Approval", "Document", "Narrative", "Report", "Snapshot"]
