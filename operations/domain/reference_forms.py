"""Forms of returns, drawn from the catalogue: one per agency kind and period kind, in versions.

A return keeps the catalogue under which it was filled. So when the catalogue changes, a form that has been used keeps
its contents and gets a successor; a form that no return uses yet is simply brought up to date.
"""

from collections.abc import Mapping

from operations.domain.reference_store import Key, Outcome, Record, Store, Table
from operations.models import AgencyKind, Indicator, Return, ReturnForm


def forms_table() -> Table:
    """A form is recognised by its agency kind's code, its period kind and its version."""
    codes = dict(AgencyKind.objects.values_list("pk", "code"))
    return Table(ReturnForm, lambda row: (codes[row.agency_kind_id], row.period_kind, row.version))


def put_forms(store: Store, contents: Mapping[tuple[str, str], tuple[str, ...]]) -> Outcome:
    """Stores the forms as the catalogue has them now."""
    records = [_record(form, codes, _version(store, form, codes)) for form, codes in contents.items()]
    return store.put(forms_table(), records)


def _version(store: Store, form: tuple[str, str], codes: tuple[Key, ...]) -> int:
    """The version that these contents belong to: the newest, or the one after it when that is in use and differs."""
    agency_kind, period_kind = form
    newest = (
        ReturnForm.objects.filter(agency_kind__code=agency_kind, period_kind=period_kind).order_by("-version").first()
    )
    if newest is None:
        return 1
    wanted = {store.ids[Indicator][code] for code in codes}
    if set(newest.indicators.values_list("pk", flat=True)) == wanted:
        return newest.version
    return newest.version + int(Return.objects.filter(form=newest).exists())


def _record(form: tuple[str, str], codes: tuple[Key, ...], version: int) -> Record:
    agency_kind, period_kind = form
    return Record(
        key=(agency_kind, period_kind, version),
        values={"period_kind": period_kind, "version": version},
        links={"agency_kind": agency_kind},
        sets={"indicators": codes},
    )
