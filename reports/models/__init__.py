"""Tables of the reports: reports and their documents, clearance, distribution, disclosure control, forecasts."""

from reports.models.clearance import ClearedFigure
from reports.models.disclosure import DisclosureControl, DisclosureMethod, DisclosureThresholds
from reports.models.distribution import Dispatch, Download, Recipient
from reports.models.forecasts import FlowObservation, Forecast, Frequency
from reports.models.reports import Approval, Document, EarlierFile, Narrative, Report, Snapshot, languages_of

__all__ = [
    "Approval",
    "ClearedFigure",
    "DisclosureControl",
    "DisclosureMethod",
    "DisclosureThresholds",
    "Dispatch",
    "Document",
    "Download",
    "EarlierFile",
    "FlowObservation",
    "Forecast",
    "Frequency",
    "Narrative",
    "Recipient",
    "Report",
    "Snapshot",
    "languages_of",
]
