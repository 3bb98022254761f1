"""The tags of a PDF, where the library's own leave something out.

A screen reader hears a table by its tags: which header cells speak for a number, which lines are only the furniture of
a sheet, in which language a passage is. WeasyPrint tags a table anew on each page, misplaces headers under cells that
span rows, tags running heads like text and knows one language for a file. So its builder of tags is accompanied while a
file is written, and what it left out is put right: one table however many pages it takes, its repeated heads and the
running lines as artifacts, each data cell with its headers, each passage with its language.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf import tags as library

_ARTIFACT = pydyf.Dictionary({"Type": "/Pagination"})


class Tagging:
    """Accompanies the writing of one file: `with Tagging() as tagging: write_pdf(finisher=tagging.finish)`."""

    def __init__(self) -> None:
        self._plain = library._build_box_tree
        self._left_out: dict[int, set[int]] = defaultdict(set)
        self._tables: dict[int, _Table] = {}

    def __enter__(self) -> "Tagging":
        library._build_box_tree = self._build
        return self

    def __exit__(self, *failure: object) -> None:
        library._build_box_tree = self._plain

    def finish(self, _document: Any, pdf: Any) -> None:
        """Makes artifacts of what was left out; called when the file is complete but for its trailer."""
        pages = _numbers(pdf.page_references)
        for place, left_out in self._left_out.items():
            [content] = _numbers([pdf.objects[pages[place]]["Contents"]])
            _make_artifacts(pdf.objects[content], left_out)

    def _build(
        self, box: Any, parent: Any, pdf: Any, page: int, nums: dict[int, Any], annotations: Any, tags: dict[Any, Any]
    ) -> Iterator[Any]:
        """The library's builder, box by box; it calls this again for every box inside."""
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, boxes.MarginBox):
            self._leave_out(box, page, nums, tags)
            return
        for element in self._plain(box, parent, pdf, page, nums, annotations, tags):
            language = box.element.get("lang") if box.element is not None and box.element.tag != "html" else None
            if language:
                element["Lang"] = pydyf.String(language)
            if element["S"] == "/LI":
                _put_into_body(element, pdf)
            elif element["S"] == "/Link" and not _said(box).strip():
                # the end of a line may leave an empty part of a link behind
                element["Alt"] = pydyf.String("".join(box.element.itertext()))
            if element["S"] != "/Table":
                yield element
            elif table := self._tables.get(id(box.element)):
                table.go_on(_groups(box), element, pdf)
                self._leave_out_marks(element, pdf, page, nums)
            else:
                self._tables[id(box.element)] = _Table(_groups(box), element)
                yield element

    def _leave_out(self, box: Any, page: int, nums: dict[int, Any], tags: dict[Any, Any]) -> None:
        """Nothing inside the box is tagged; its place in the page's list of owners stays empty."""
        if mark := tags.pop(box, None):
            nums[mark["mcid"]] = "null"
            self._left_out[page].add(mark["mcid"])
        for child in getattr(box, "children", ()):
            self._leave_out(child, page, nums, tags)

    def _leave_out_marks(self, element: Any, pdf: Any, page: int, nums: dict[int, Any]) -> None:
        """The same for elements that exist already: what is left of a table whose rows went to its first part."""
        for kid in element["K"]:
            if isinstance(kid, int):
                nums[kid] = "null"
                self._left_out[page].add(kid)
            else:
                [number] = _numbers([kid])
                self._leave_out_marks(pdf.objects[number], pdf, page, nums)


class _Table:
    """A table over all its pages: the elements of its first part, and which headers speak for which column."""

    def __init__(self, groups: list[Any], element: Any) -> None:
        self._element = element
        self._columns: dict[int, list[Any]] = defaultdict(list)
        self._heading: Any = None
        self._rows = 0
        for group in groups:
            self._associate(group)

    def go_on(self, groups: list[Any], element: Any, pdf: Any) -> None:
        """Takes the rows of another page over and leaves the repeated head behind."""
        for group in groups:
            if group.element_tag != "thead":
                self._associate(group)
        bodies = [part for part in _parts(element, pdf) if part["S"] == "/TBody"]
        own = [part for part in _parts(self._element, pdf) if part["S"] == "/TBody"]
        for body in bodies:
            target = own[-1] if own else self._adopt(body)
            if target is not body:
                for row in _parts(body, pdf):
                    row["P"] = target.reference
                    target["K"].append(row.reference)
                body["K"].clear()

    def _adopt(self, body: Any) -> Any:
        """The head alone stood on the first page: the body of the second becomes that of the table."""
        self._element["K"].append(body.reference)
        body["P"] = self._element.reference
        return body

    def _associate(self, group: Any) -> None:
        """Tells each data cell of a group of rows its headers, and each header cell what it heads."""
        is_head = group.element_tag == "thead"
        covered: dict[int, int] = {}
        for row in group.children:
            self._rows += 1
            cells = list(_placed(row, covered))
            row_headers = [self._head(cell, column, is_head=is_head) for column, cell in cells if _is_header(cell)]
            for column, cell in cells:
                if not _is_header(cell):
                    found = [key for key in row_headers if key is not None]
                    found += [self._heading] if self._heading is not None else []
                    for place in range(column, column + cell.colspan):
                        found += [key for key in self._columns[place] if key not in found]
                    cell.mark["A"]["Headers"] = pydyf.Array(found)

    def _head(self, cell: Any, column: int, *, is_head: bool) -> Any:
        """Names a header cell and says what it heads; answers its name where that is its row."""
        key = pydyf.String(f"{self._element.number}-{self._rows}-{column}")
        cell.mark["ID"] = key
        heads_row = cell.element.get("scope") == "row"
        cell.mark["A"]["Scope"] = "/Row" if heads_row else "/Column"
        if heads_row:
            return key
        if is_head:
            for place in range(column, column + cell.colspan):
                self._columns[place].append(key)
        else:
            self._heading = key
        return None


def _put_into_body(item: Any, pdf: Any) -> None:
    """What an item of a list says stands in a body beside its label, also where the label is on its line."""
    kids = _parts(item, pdf)
    if any(kid.get("S") == "/LBody" for kid in kids):
        return
    said = [kid for kid in kids if kid.get("S") != "/Lbl"]
    body = pydyf.Dictionary({"Type": "/StructElem", "S": "/LBody", "Pg": item["Pg"], "P": item.reference})
    pdf.add_object(body)
    body["K"] = pydyf.Array([kid.reference for kid in said])
    for kid in said:
        kid["P"] = body.reference
    item["K"] = pydyf.Array([*(kid.reference for kid in kids if kid.get("S") == "/Lbl"), body.reference])


def _said(box: Any) -> str:
    return getattr(box, "text", "") + "".join(_said(child) for child in getattr(box, "children", ()))


def _is_header(cell: Any) -> bool:
    return bool(cell.element_tag == "th")


def _placed(row: Any, covered: dict[int, int]) -> Iterator[tuple[int, Any]]:
    """The cells of a row with their columns; `covered` says for how many rows a column is taken from above."""
    taken = {column for column, rows in covered.items() if rows}
    for column in taken:
        covered[column] -= 1
    column = 0
    for cell in row.children:
        while column in taken:
            column += 1
        for place in range(column, column + cell.colspan):
            covered[place] = cell.rowspan - 1
        yield column, cell
        column += cell.colspan


def _groups(box: Any) -> list[Any]:
    """The groups of rows of a table's box, which may stand in a wrapper beside a caption."""
    table = box.get_wrapped_table() if box.is_table_wrapper else box
    return [child for child in table.children if child.element_tag in ("thead", "tbody", "tfoot")]


def _parts(element: Any, pdf: Any) -> list[Any]:
    return [pdf.objects[number] for number in _numbers(element["K"])]


def _numbers(references: Any) -> list[int]:
    """The numbers of the objects that are referred to: `12 0 R` is 12; whatever is no reference is passed over."""
    texts = [one.decode() if isinstance(one, bytes) else str(one) for one in references]
    return [int(text.split()[0]) for text in texts if text.endswith(" R")]


def _make_artifacts(stream: Any, left_out: set[int]) -> None:
    operators = stream.stream
    for place, operand in enumerate(operators):
        if isinstance(operand, dict) and operand.get("MCID") in left_out:
            operators[place - 1 : place + 1] = ["/Artifact", _ARTIFACT]
