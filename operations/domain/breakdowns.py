"""What the breakdowns of the catalogue are called; the reference files know them by code alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "citizenship_group": _("By citizenship"),
    "site_type": _("By kind of site"),
    "decision_body": _("By deciding body"),
    "removal_type": _("By kind of removal"),
    "exploitation_type": _("By kind of exploitation"),
    "border_section": _("By section of the border"),
    "record_category": _("By category of records"),
    "list_outcome": _("By outcome"),
    "complaint_category": _("By subject of the complaint"),
    "sex": _("By sex"),
    "minor": _("By age"),
}

UNITS: dict[str, Promise] = {
    "persons": _("persons"),
    "groups": _("groups"),
    "sites": _("sites"),
    "checks": _("checks"),
    "violations": _("violations"),
    "currency": _("amount"),
    "decisions": _("decisions"),
    "cases": _("cases"),
    "channels": _("channels"),
    "attempts": _("attempts"),
    "transactions": _("transactions"),
    "records": _("records"),
    "crossings": _("crossings"),
    "complaints": _("complaints"),
    "days": _("days"),
    "applications": _("applications"),
}


def breakdown_name(code: str) -> str:
    """The heading over the categories of a breakdown."""
    return str(NAMES.get(code, code))


def unit_name(code: str) -> str:
    """The unit of measurement as tables print it."""
    return str(UNITS.get(code, code))
