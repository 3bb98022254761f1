"""Reads returns from a JSON file: rows of the interface's own shape, or the data values that DHIS2 writes.

    {"operation": "illegal-2026", "rows": [{"state": "RU", "agency": …, "period": …, "indicator": …, "value": 5}]}
    {"dataSet": "illegal-2026", "period": …, "orgUnit": …, "dataValues": [{"dataElement": …, "value": "5"}]}

Of DHIS2 a `dataElement` is an indicator, an `orgUnit` an agency's code (`agency/unit` for a unit of it), a `period` one
of our periods, a `categoryOptionCombo` a category or `default`; `period` and `orgUnit` of the set hold for every value
that has none. Its values are texts and read like those of a table; our own are integers, money in minor units. The rows
are decoded one at a time. What DHIS2 writes about a value beside it (who stored it and when, the mark for
follow-up) is read over and kept nowhere; an attribute other than `default` and a deleted value are refused, because
they would say something that is not stored. Unknown members are refused, and so is a key that comes twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.figures import BadNumber, json_value, parse_value
from operations.domain.import_rows import MOST_ROWS, Fault, ImportRow, printable, refused_file, said
from operations.models import Indicator
from operations.workbooks.strict_json import NotStrict, broken_at, decoder

OWN, DHIS2 = "rows", "dataValues"
#: Members of a row by column.
_OWN_MEMBERS = {
    name: name for name in ("state", "agency", "period", "indicator", "category", "value", "unit", "status", "note")
}
_DHIS2_MEMBERS = {
    "agency": "orgUnit",
    "period": "period",
    "indicator": "dataElement",
    "category": "categoryOptionCombo",
    "value": "value",
    "note": "comment",
}
#: Members that DHIS2 itself writes with every value and every set, and that say nothing about a figure.
_READ_OVER = {"storedBy", "created", "lastUpdated", "followup", "followUp"}
_BESIDE_READ_OVER = {"completeDate"}
#: The combination of options that stands for none: its code and its identifier, the same in every DHIS2.
_NO_OPTIONS = ("default", "HllvX50cXC0")
_REQUIRED = {OWN: ("state", "agency", "period", "indicator"), DHIS2: ("dataElement",)}
#: Members beside the list, and whether each names the operation.
_BESIDE = {OWN: {"operation": True, "name": False}, DHIS2: {"dataSet": True, "period": False, "orgUnit": False}}
_SPACE = re.compile(r"[ \t\n\r]*")


class JsonReturns:
    """The rows of a JSON text; a row's number counts from 1, its pointer from 0 as the standard does."""

    def __init__(self, text: str, *, sha256: str, operation: str) -> None:
        self.sha256 = sha256
        self.size, self.consumed = len(text), 0
        self._text, self._operation = text, operation
        self._decoder = decoder()
        self._beside: dict[str, Any] = {}
        self.shape = OWN

    def rows(self) -> Iterator[ImportRow]:
        """Goes through the text twice: what stands beside the list may come after it."""
        try:
            self._look_through()
            take = self._own if self.shape == OWN else self._dhis2
            for number, item in enumerate(self._elements(), start=1):
                yield take(number, item)
        except NotStrict as error:
            raise refused_file(error.code, error.message) from error
        except (ValueError, RecursionError) as error:
            raise refused_file("not_json", said(_("Not valid JSON: %(reason)s"), reason=broken_at(error))) from error

    def place(self, number: int, column: str) -> str:
        if not number:
            return ""
        names = _OWN_MEMBERS if self.shape == OWN else {**_DHIS2_MEMBERS, "unit": "orgUnit", "state": "orgUnit"}
        return "/".join(filter(None, (f"/{self.shape}/{number - 1}", names.get(column, column))))

    def number(self, raw: Any, indicator: Indicator, currency: str) -> int | None:
        if self.shape == OWN:
            return json_value(raw, indicator=indicator)
        if raw is not None and type(raw) not in (str, int):
            raise BadNumber(_("Give the number as text or as a whole number."))
        return parse_value("" if raw is None else str(raw), indicator=indicator, currency=currency, language=None)

    # --- the text ---

    def _look_through(self) -> None:
        self.consumed, found, count = 0, set(), 0
        for name, value in self._members():
            if name in (OWN, DHIS2):
                found.add(name)
                self.shape = name
                for _item in self._list(value):
                    count += 1
                    if count > MOST_ROWS:
                        raise refused_file("too_many_rows", said(_("At most %(limit)s rows at once."), limit=MOST_ROWS))
            else:
                self._beside[name] = value
        if len(found) != 1:
            raise refused_file("no_rows", _("One list of rows is needed: “rows”, or “dataValues” as DHIS2 writes it."))
        self._check_beside()

    def _check_beside(self) -> None:
        known = _BESIDE[self.shape]
        for name, value in self._beside.items():
            if self.shape == DHIS2 and _is_read_over(name, value, _BESIDE_READ_OVER):
                continue
            place = f"/{printable(name)}"
            if name not in known:
                raise refused_file("unknown_field", _("There is no such field."), place=place)
            if not isinstance(value, str):
                raise refused_file("not_text", _NOT_TEXT, place=place)
            if known[name] and value != self._operation:
                raise refused_file("other_operation", _("The file is meant for another operation."), place=place)

    def _members(self) -> Iterator[tuple[str, Any]]:
        """The members of the outermost object; of the list of rows, where it begins."""
        place = self._skip(0)
        if self._text[place : place + 1] != "{":
            raise refused_file("not_an_object", _("A JSON object is expected."))
        names: set[str] = set()
        place = self._skip(place + 1)
        if self._text[place : place + 1] == "}":
            return self._end(place + 1)
        while True:
            name, place = self._decoder.raw_decode(self._text, place)
            if not isinstance(name, str):
                raise json.JSONDecodeError("Expecting a name in double quotes", self._text, place)
            if name in names:
                text = _("The key “%(key)s” comes twice in one object.")
                raise refused_file("duplicate_key", said(text, key=printable(name)))
            names.add(name)
            place = self._skip(self._expect(":", self._skip(place)))
            if name in (OWN, DHIS2):
                yield name, place
                place = self.consumed
            else:
                value, place = self._decoder.raw_decode(self._text, place)
                yield name, value
            place = self._skip(place)
            if self._text[place : place + 1] == "}":
                return self._end(place + 1)
            place = self._skip(self._expect(",", place))

    def _list(self, place: int) -> Iterator[Any]:
        """The elements of the list that begins at the place; `consumed` is where the reader has come to."""
        self._begin = place
        place = self._skip(self._expect("[", place))
        if self._text[place : place + 1] == "]":
            self.consumed = place + 1
            return
        while True:
            item, place = self._decoder.raw_decode(self._text, place)
            place = self._skip(place)
            is_last = self._text[place : place + 1] == "]"
            place = place + 1 if is_last else self._skip(self._expect(",", place))
            self.consumed = place
            yield item
            if is_last:
                return

    def _elements(self) -> Iterator[Any]:
        return self._list(self._begin)

    def _skip(self, place: int) -> int:
        found = _SPACE.match(self._text, place)
        return place if found is None else found.end()

    def _expect(self, sign: str, place: int) -> int:
        if self._text[place : place + 1] != sign:
            raise json.JSONDecodeError(f"Expecting '{sign}'", self._text, place)
        return place + 1

    def _end(self, place: int) -> None:
        if self._skip(place) != len(self._text):
            raise json.JSONDecodeError("Extra data", self._text, place)

    # --- a row ---

    def _own(self, number: int, item: Any) -> ImportRow:
        faults = self._faults(item, _OWN_MEMBERS)
        if not faults:
            return ImportRow(number, item)
        return ImportRow(number, {} if "" in faults else {**item, **dict.fromkeys(faults, "")}, faults)

    def _dhis2(self, number: int, item: Any) -> ImportRow:
        if isinstance(item, dict):
            item = {name: value for name, value in item.items() if not _is_read_over(name, value, _READ_OVER)}
        faults = self._faults(item, _DHIS2_MEMBERS)
        if "" in faults:
            return ImportRow(number, {}, faults)
        given = {"period": self._beside.get("period", ""), "orgUnit": self._beside.get("orgUnit", ""), **item}
        cells = {column: given.get(name) for column, name in _DHIS2_MEMBERS.items()}
        cells |= dict.fromkeys(faults, "")
        if isinstance(cells["agency"], str):
            cells["agency"], _slash, cells["unit"] = cells["agency"].partition("/")
        if cells["category"] in _NO_OPTIONS:
            cells["category"] = ""
        return ImportRow(number, cells, faults)

    def _faults(self, item: Any, members: Mapping[str, str]) -> dict[str, Fault]:
        """What is wrong with the row before anything is looked up, by the column or the member that nobody knows."""
        if not isinstance(item, dict):
            return {"": ("not_an_object", _("A JSON object is expected."))}
        columns = {name: column for column, name in members.items()}
        faults: dict[str, Fault] = {}
        for name, value in item.items():
            if self.shape == DHIS2 and name == "attributeOptionCombo":
                faults[name] = (
                    "unknown_attribute",
                    _("A figure has no attribute here: leave it out, or give “default”."),
                )
            elif self.shape == DHIS2 and name == "deleted":
                faults[name] = ("deleted", _("Nothing is deleted by an import. Leave out values that are deleted."))
            elif name not in columns:
                faults[printable(name)] = ("unknown_field", _("There is no such field."))
            elif name != "value" and not isinstance(value, str):
                faults[columns[name]] = ("not_text", _NOT_TEXT)
        for name in _REQUIRED[self.shape]:
            if name not in item:
                faults[columns[name]] = ("required", _("This has to be filled in."))
        return faults


def _is_read_over(name: str, value: Any, names: set[str]) -> bool:
    """Whether the member says nothing about the figure; an attribute or a deletion would."""
    if name == "attributeOptionCombo":
        return value in ("", *_NO_OPTIONS)
    return name in names or (name == "deleted" and value is False)


_NOT_TEXT = _("This has to be text.")
