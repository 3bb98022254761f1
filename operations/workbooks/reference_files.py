"""Reads the CSV files of the reference data into rows that know their file and line."""

import csv
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from operations.domain.reference import FILES
from operations.domain.reference_rows import BadReference, Faults, Row, Sheet

#: Where the files are kept in the project.
FOLDER = Path(__file__).resolve().parent.parent / "reference"


def read_folder(folder: Path = FOLDER) -> dict[str, Sheet]:
    """The files that are there; raises `BadReference` for what is no CSV. What is missing, the domain will say."""
    faults = Faults()
    sheets = {name: _read_sheet(folder / name, faults) for name in FILES if (folder / name).is_file()}
    if faults.problems:
        raise BadReference(faults.problems)
    return sheets


def _read_sheet(path: Path, faults: Faults) -> Sheet:
    rows: list[Row] = []
    headings: list[str] = []
    # strict: an unclosed quote swallows the rest of the file otherwise
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            headings = next(reader, [])
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(headings):
                    faults.add(
                        path.name, reader.line_num, _("the row has a different number of cells than the headings")
                    )
                    continue
                rows.append(Row(path.name, reader.line_num, dict(zip(headings, cells, strict=True))))
        except csv.Error as error:
            faults.add(path.name, reader.line_num, _("not readable as CSV: %(error)s") % {"error": error})
        except UnicodeDecodeError:
            faults.add(path.name, reader.line_num + 1, _("not readable as UTF-8"))
    return Sheet(path.name, tuple(headings), tuple(rows))
