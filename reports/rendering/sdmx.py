"""Data for other statistical systems: SDMX-CSV 2.0, and SDMX-ML 2.1 in its structure-specific form.

Both hold the same observations with the same codes. Why a number is missing is told by OBS_STATUS, whether it is
confidential by CONF_STATUS. Of a hidden number neither tells whether it is hidden for its own sake or for another's:
that would help to find it out.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from reports.domain.observations import Observation, of_payload
from reports.domain.payload import UnsoundPayload, sha256_of
from reports.domain.statistical_codes import DEMONSTRATION, REGION, TOTAL, category_code, unit_code
from reports.rendering.csv import plain_number
from reports.rendering.sdmx_structure import AGENCY, COLUMNS, COM, MES, STRUCTURE, VERSION, document, header, reference

IDENTIFIER = f"{AGENCY}:{STRUCTURE}({VERSION})"
SPECIFIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
URN = f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={IDENTIFIER}:ObsLevelDim:AllDimensions"
#: Kinds of absence as codes of CL_OBS_STATUS.
STATUS = {
    "not_reported": "O",
    "not_published": "O",
    "not_applicable": "M",
    "no_base": "M",
    "not_available": "L",
    "withheld": "Q",
    "suppressed": "Q",
}
FREE, INTERNAL, CONFIDENTIAL = "F", "N", "C"
Row = Mapping[str, str]


def sdmx_of_payload(*, payload: Mapping[str, Any], format: str, edition: str) -> bytes:
    """The numbers of a report in one of the two formats; the same payload gives the same bytes.

    Raises `UnsoundPayload` where the report has none: an empty file would say that nothing was reported.
    """
    rows = rows_of(of_payload(payload), is_public=edition == "public")
    if not rows:
        raise UnsoundPayload("this report holds no numbers that say what they are of")
    if format == "sdmx-csv":
        return sdmx_csv(rows)
    prepared = dt.datetime.fromisoformat(payload["as_of"])
    return sdmx_ml(rows, id=f"IREF{sha256_of(payload)[:24].upper()}", prepared=prepared)


def rows_of(observations: Iterable[Observation], *, is_public: bool) -> list[Row]:
    """Observations as rows of codes; `is_public` says that what is shown may be published."""
    return [_row(one, free=FREE if is_public else INTERNAL) for one in observations]


def sdmx_csv(rows: Sequence[Row]) -> bytes:
    """SDMX-CSV 2.0: the three columns of the standard, the dimensions, the value, the attributes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("STRUCTURE", "STRUCTURE_ID", "ACTION", *COLUMNS))
    for row in rows:
        writer.writerow(("datastructure", IDENTIFIER, "I", *(row.get(column, "") for column in COLUMNS)))
    return out.getvalue().encode()


def sdmx_ml(rows: Sequence[Row], *, id: str, prepared: dt.datetime) -> bytes:
    """SDMX-ML 2.1, structure-specific: an observation is an element, its key and attributes are XML attributes."""
    for prefix, namespace in (("mes", MES), ("com", COM), ("ss", SPECIFIC), ("xsi", XSI)):
        ET.register_namespace(prefix, namespace)
    root = ET.Element(f"{{{MES}}}StructureSpecificData", {"xmlns:ns1": URN})
    head = header(root, id=id, prepared=prepared, is_test=any(row["ORIGIN"] for row in rows))
    structure = ET.SubElement(
        head,
        f"{{{MES}}}Structure",
        structureID=STRUCTURE,
        namespace=URN,
        dimensionAtObservation="AllDimensions",
    )
    reference(
        ET.SubElement(structure, f"{{{COM}}}Structure"),
        id=STRUCTURE,
        agencyID=AGENCY,
        version=VERSION,
        **{"class": "DataStructure"},
    )
    data = ET.SubElement(
        root,
        f"{{{MES}}}DataSet",
        {
            f"{{{SPECIFIC}}}structureRef": STRUCTURE,
            f"{{{SPECIFIC}}}dataScope": "DataStructure",
            f"{{{XSI}}}type": "ns1:DataSetType",
            "action": "Replace",
        },
    )
    for row in rows:
        ET.SubElement(data, "Obs", {column: row[column] for column in COLUMNS if row.get(column)})
    return document(root)


def _row(one: Observation, *, free: str) -> Row:
    cell = one.cell
    has_value = cell["state"] == "value"
    status = ("P" if one.is_provisional else "A") if has_value else STATUS[cell["state"]]
    confidentiality = {"suppressed": CONFIDENTIAL, "withheld": INTERNAL}.get(
        cell["state"], FREE if one.is_published else free
    )
    return {
        "FREQ": one.frequency,
        "OPERATION": one.operation,
        "REF_AREA": one.area or REGION,
        "INDICATOR": one.indicator,
        "CATEGORY": category_code(one.category),
        "AGENCY_KIND": one.agency or TOTAL,
        "STAGE": one.stage or TOTAL,
        "RETURN_PERIOD": one.returns or TOTAL,
        "UNIT_MEASURE": unit_code(one.unit),
        "TIME_PERIOD": one.time_period,
        "OBS_VALUE": plain_number(cell),
        "OBS_STATUS": status,
        "CONF_STATUS": confidentiality,
        "QUALIFIER": cell.get("qualifier", "") if has_value else "",
        "SELECTION": " ".join(f"{concept}={'+'.join(members)}" for concept, members in one.selection.items()),
        "STATES_REPORTED": str(one.states[0]) if one.states else "",
        "STATES_EXPECTED": str(one.states[1]) if one.states else "",
        "DENOMINATOR": plain_number({**cell, "value": one.share["of"]}) if one.share is not None else "",
        "DENOMINATOR_KEY": " ".join(f"{concept}={code}" for concept, code in one.whole.items()),
        "ORIGIN": DEMONSTRATION if one.is_demonstration else "",
    }
