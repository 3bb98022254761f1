"""The reference data by its codes, and agencies, which no reference file lists."""

from django.utils import timezone

from operations.domain.reference import load_reference as load
from operations.models import (
    Agency,
    AgencyKind,
    Category,
    Indicator,
    MemberState,
    ReturnForm,
    Unit,
)
from operations.workbooks.reference_files import read_folder

STATES = ("AM", "BY", "KZ", "KG", "RU", "TJ")


def load_reference() -> None:
    """Loads the project's own reference data unless it is there; a test in a transaction has it already."""
    if not Indicator.objects.exists():
        load(sheets=read_folder(), at=timezone.now())


def state(code: str | MemberState = "RU") -> MemberState:
    return code if isinstance(code, MemberState) else MemberState.objects.get(code=code)


def agency_kind(code: str | AgencyKind = "internal_affairs") -> AgencyKind:
    return code if isinstance(code, AgencyKind) else AgencyKind.objects.get(code=code)


def indicator(code: str) -> Indicator:
    return Indicator.objects.get(code=code)


def category(code: str = Category.TOTAL, breakdown: str | None = None) -> Category:
    """A category of a breakdown; without one, the row `TOTAL`."""
    return Category.objects.get(code=code, breakdown__code=breakdown)


def form(kind: str = "internal_affairs", period_kind: str = "final") -> ReturnForm:
    """The newest form of an agency kind for a kind of period."""
    return ReturnForm.objects.filter(agency_kind__code=kind, period_kind=period_kind).order_by("-version")[0]


def make_agency(state_code: str | MemberState = "RU", kind: str | AgencyKind = "internal_affairs") -> Agency:
    """The agency of that kind in that state; asked twice, it is the same one. Code: `ru-internal-affairs`."""
    of_state, of_kind = state(state_code), agency_kind(kind)
    made, _ = Agency.objects.get_or_create(
        code=f"{of_state.code}-{of_kind.code}".lower().replace("_", "-"),
        defaults={
            "state": of_state,
            "kind": of_kind,
            "name_ru": f"{of_kind.name_ru} {of_state.genitive_ru}",
            "name_en": f"{of_kind.name_en} of {of_state.short_en}",
        },
    )
    return made


def make_agencies(*state_codes: str) -> list[Agency]:
    """Agencies of all seven kinds in the named states, else in all six."""
    kinds = list(AgencyKind.objects.all())
    return [make_agency(code, kind) for code in state_codes or STATES for kind in kinds]


def make_unit(agency: Agency, code: str = "north", *, is_central_office: bool = False) -> Unit:
    return Unit.objects.create(
        agency=agency, code=code, name_ru=f"Отдел {code}", name_en=f"Unit {code}", is_central_office=is_central_office
    )
