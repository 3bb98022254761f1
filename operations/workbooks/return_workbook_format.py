"""The shape of the workbook of a return: sheets, columns, the words of cell states, and what says whose it is.

These words are part of the file format, both languages side by side in every copy, so they stand here and not among the
translations: a better translation must not make the workbooks that people already hold unreadable. A change of the
shape is a new `SCHEMA`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from operations.domain.return_layout import Layout
from operations.models import Category, CellState, Return, Submission

SCHEMA = "1"
DATA_SHEET = "Данные Data"
GUIDE_SHEET = "Порядок Guide"
KEYS_SHEET = "keys"
#: Added to a workbook that is handed back; whoever mends that copy may send it in as it is.
FAULTS_SHEET = "Ошибки Errors"
SHEETS = (GUIDE_SHEET, DATA_SHEET, KEYS_SHEET, FAULTS_SHEET)
HEADER_ROW = 8


@dataclass(frozen=True)
class Column:
    """A column of the data sheet; only those that are entered are unlocked."""

    name: str
    ru: str
    en: str
    width: int
    is_entered: bool = False

    @property
    def heading(self) -> str:
        return f"{self.ru}\n{self.en}"


COLUMNS = (
    Column("code", "Код", "Code", 10),
    Column("category", "Разрез", "Category", 24),
    Column("name_ru", "Показатель", "Indicator (Russian)", 46),
    Column("name_en", "Показатель (англ.)", "Indicator", 46),
    Column("unit", "Единица", "Unit", 16),
    Column("value", "Значение", "Value", 16, is_entered=True),
    Column("status", "Состояние", "State", 30, is_entered=True),
    Column("note", "Примечание", "Note", 44, is_entered=True),
)
COLUMN: Mapping[str, int] = {column.name: place for place, column in enumerate(COLUMNS, start=1)}

_STATES: Mapping[str, tuple[str, str]] = {
    CellState.VALUE: ("значение", "value"),
    CellState.NOT_AVAILABLE: ("нет данных", "not available"),
    CellState.NOT_APPLICABLE: ("не применимо", "not applicable"),
    CellState.WITHHELD: ("не разглашается", "withheld"),
}
STATE_TEXTS: Mapping[str, str] = {code: f"{ru} / {en}" for code, (ru, en) in _STATES.items()}
_STATE_OF = {
    spelling: code
    for code, (ru, en) in _STATES.items()
    for spelling in (code.value if isinstance(code, CellState) else code, ru, en, f"{ru} / {en}")
}


def state_of(text: str) -> str | None:
    """The state that the text names, in either language or by its code; None for anything else."""
    return _STATE_OF.get(" ".join(text.split()).casefold())


@dataclass(frozen=True)
class Identity:
    """Whose workbook this is, and on which draft it was made; `submission` is "0" where nothing was begun."""

    schema: str
    return_id: str
    operation: str
    state: str
    agency: str
    unit: str
    period: str
    form: str
    form_version: str
    submission: str
    revision: str
    currency: str

    @classmethod
    def of(cls, expected_return: Return, submission: Submission | None) -> "Identity":
        agency, period, form = expected_return.agency, expected_return.period, expected_return.form
        return cls(
            schema=SCHEMA,
            return_id=str(expected_return.pk),
            operation=period.operation.slug,
            state=agency.state.code,
            agency=agency.code,
            unit=expected_return.unit.code if expected_return.unit is not None else "",
            period=period.code,
            form=f"{form.agency_kind.code}/{form.period_kind}",
            form_version=str(form.version),
            submission=str(submission.number) if submission is not None else "0",
            revision=str(submission.revision) if submission is not None else "0",
            currency=agency.state.currency,
        )

    def lines(self) -> list[tuple[str, str]]:
        return list(vars(self).items())


def key_lines(identity: Identity, texts: Iterable[str]) -> list[tuple[str, str]]:
    """The hidden sheet: who, the sum over everything, then the texts of rows that hold no cell."""
    others = [("text", text.strip()) for text in texts]
    return [*identity.lines(), ("checksum", checksum([*identity.lines(), *others])), *others]


def checksum(lines: Sequence[tuple[str, str]]) -> str:
    """Shows that the hidden sheet was changed or got mixed up; what a person may enter is decided elsewhere."""
    return hashlib.sha256("\n".join(f"{name}\t{text}" for name, text in lines).encode()).hexdigest()


def codes_of(address: str) -> tuple[str, str]:
    """The two code columns of a cell: `VIO01.TOTAL` → VIO01 and nothing."""
    code, _dot, category = address.partition(".")
    return code, "" if category == Category.TOTAL else category


def address_of(layout: Layout, code: str, category: str) -> str | None:
    """The address of the cell that the two code columns name; None where the form has no such cell."""
    address = f"{code}.{category or Category.TOTAL}"
    return address if address in layout.keys else None
