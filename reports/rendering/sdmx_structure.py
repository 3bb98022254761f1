"""The structure of the data in SDMX 2.1: concepts, code lists, data structure definition and dataflow.

The code lists are the whole catalogue (`reports.domain.code_lists`); frequency, status and confidentiality are lists of
the standard (SDMX cross-domain code lists), of which the codes in use are listed. docs/sdmx.md tells the mapping.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from reports.domain.cells import Text, both
from reports.domain.statistical_codes import CodeLists, Item

AGENCY = "CSTO"
STRUCTURE = "ILLEGAL_RESULTS"
#: A major version for a new dimension; code lists grow with every operation and selection, so none of ours is final.
VERSION = "2.0"
SENDER = "CSTO_IHQ"
_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
MES, STR, COM = f"{_ROOT}/message", f"{_ROOT}/structure", f"{_ROOT}/common"
XML = "http://www.w3.org/XML/1998/namespace"

#: Lists of the standard: identifier, version, the codes in use.
FREQUENCIES = (
    Item("A", both(ru="Год", en="Annual")),
    Item("Q", both(ru="Квартал", en="Quarterly")),
    Item("M", both(ru="Месяц", en="Monthly")),
    Item("_Z", both(ru="Неприменимо", en="Not applicable")),
)
OBSERVATION_STATUSES = (
    Item("A", both(ru="Обычное значение", en="Normal value")),
    Item("L", both(ru="Нет значения: данные не собирались", en="Missing value; data exist but were not collected")),
    Item("M", both(ru="Нет значения: данных быть не может", en="Missing value; data cannot exist")),
    Item("O", both(ru="Нет значения", en="Missing value")),
    Item("P", both(ru="Предварительное значение", en="Provisional value")),
    Item("Q", both(ru="Нет значения: скрыто", en="Missing value; suppressed")),
)
CONFIDENTIALITIES = (
    Item("C", both(ru="Конфиденциальные статистические данные", en="Confidential statistical information")),
    Item("F", both(ru="Открыто для публикации", en="Free (free for publication)")),
    Item("N", both(ru="Для внутреннего пользования", en="Not for publication, restricted for internal use only")),
)
_STANDARD = {
    "FREQ": ("CL_FREQ", "2.1", FREQUENCIES),
    "OBS_STATUS": ("CL_OBS_STATUS", "2.2", OBSERVATION_STATUSES),
    "CONF_STATUS": ("CL_CONF_STATUS", "1.2", CONFIDENTIALITIES),
}


@dataclass(frozen=True)
class Concept:
    """A column of the data; `role` is how it serves the structure, `text` what it holds where it has no code list."""

    id: str
    name: Text
    role: str = "dimension"
    text: str = ""


CONCEPTS: Sequence[Concept] = (
    Concept("FREQ", both(ru="Периодичность", en="Frequency")),
    Concept("OPERATION", both(ru="Операция", en="Operation")),
    Concept("REF_AREA", both(ru="Государство", en="State")),
    Concept("INDICATOR", both(ru="Показатель", en="Indicator")),
    Concept("CATEGORY", both(ru="Категория разреза", en="Category of the breakdown")),
    Concept("AGENCY_KIND", both(ru="Вид компетентного органа", en="Kind of competent authority")),
    Concept("STAGE", both(ru="Этап", en="Stage")),
    Concept("RETURN_PERIOD", both(ru="Отчётный период донесения", en="Reporting period of the returns")),
    Concept("UNIT_MEASURE", both(ru="Единица измерения", en="Unit of measure")),
    Concept("TIME_PERIOD", both(ru="Период", en="Time period"), "time", "ObservationalTimePeriod"),
    Concept("OBS_VALUE", both(ru="Значение", en="Value"), "measure", "Decimal"),
    Concept("OBS_STATUS", both(ru="Статус наблюдения", en="Observation status"), "mandatory"),
    Concept("CONF_STATUS", both(ru="Статус конфиденциальности", en="Confidentiality status"), "mandatory"),
    Concept("QUALIFIER", both(ru="Уточнение источника", en="Qualifier of the source"), "conditional"),
    Concept("SELECTION", both(ru="Состав выборки", en="Members of the selection"), "conditional", "String"),
    Concept("STATES_REPORTED", both(ru="Государств представило", en="States that reported"), "conditional", "Integer"),
    Concept("STATES_EXPECTED", both(ru="Из числа участвующих", en="States taking part"), "conditional", "Integer"),
    Concept("DENOMINATOR", both(ru="Целое, долю которого показывает значение", en="Whole"), "conditional", "Decimal"),
    Concept("DENOMINATOR_KEY", both(ru="Чем ключ целого отличается", en="Key of the whole"), "conditional", "String"),
    Concept("ORIGIN", both(ru="Происхождение данных", en="Origin of the data"), "conditional"),
)
_BY_ID = {one.id: one for one in CONCEPTS}
DIMENSIONS = tuple(one.id for one in CONCEPTS if one.role == "dimension")
ATTRIBUTES = tuple(one.id for one in CONCEPTS if one.role in ("mandatory", "conditional"))
COLUMNS = (*DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", *ATTRIBUTES)
TITLE = both(ru="Результаты региональной операции «Нелегал»", en="Results of the regional operation “Illegal”")
_SCHEME = "CS_ILLEGAL"


def structure_xml(code_lists: CodeLists, *, prepared: dt.datetime) -> bytes:
    """The whole structure as one SDMX-ML 2.1 message."""
    for prefix, namespace in (("mes", MES), ("str", STR), ("com", COM)):
        ET.register_namespace(prefix, namespace)
    root = ET.Element(f"{{{MES}}}Structure")
    header(root, id=f"{STRUCTURE}_STRUCTURE", prepared=prepared)
    structures = ET.SubElement(root, f"{{{MES}}}Structures")
    _dataflow(structures)
    lists = ET.SubElement(structures, f"{{{STR}}}Codelists")
    for list_id, version, items in _STANDARD.values():
        _codelist(lists, list_id, items, agency="SDMX", version=version)
    for concept, items in code_lists.lists.items():
        _codelist(lists, f"CL_{concept}", items, agency=AGENCY, version=VERSION)
    _concepts(structures)
    _data_structure(structures, coded={*code_lists.lists})
    return document(root)


def document(root: ET.Element) -> bytes:
    """The bytes of a message."""
    ET.indent(root, space=" ")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def header(root: ET.Element, *, id: str, prepared: dt.datetime, is_test: bool = False) -> ET.Element:
    """The part that every message begins with; `is_test` says that its figures are invented."""
    found = ET.SubElement(root, f"{{{MES}}}Header")
    ET.SubElement(found, f"{{{MES}}}ID").text = id
    ET.SubElement(found, f"{{{MES}}}Test").text = "true" if is_test else "false"
    ET.SubElement(found, f"{{{MES}}}Prepared").text = prepared.isoformat(timespec="seconds")
    ET.SubElement(found, f"{{{MES}}}Sender", id=SENDER)
    return found


def _names(parent: ET.Element, name: Text, kind: str = "Name") -> None:
    for language, text in (("en", name["en"]), ("ru", name["ru"])):
        if text:
            ET.SubElement(parent, f"{{{COM}}}{kind}", {f"{{{XML}}}lang": language}).text = text


def _maintained(parent: ET.Element, tag: str, id: str, *, agency: str = AGENCY, version: str = VERSION) -> ET.Element:
    final = "false" if agency == AGENCY else "true"
    return ET.SubElement(parent, f"{{{STR}}}{tag}", id=id, agencyID=agency, version=version, isFinal=final)


def _dataflow(structures: ET.Element) -> None:
    flow = _maintained(ET.SubElement(structures, f"{{{STR}}}Dataflows"), "Dataflow", STRUCTURE)
    _names(flow, TITLE)
    reference(
        ET.SubElement(flow, f"{{{STR}}}Structure"),
        id=STRUCTURE,
        version=VERSION,
        agencyID=AGENCY,
        package="datastructure",
        **{"class": "DataStructure"},
    )


def reference(parent: ET.Element, **attributes: str) -> None:
    """A `Ref`, which alone in these messages belongs to no namespace."""
    ET.SubElement(parent, "Ref", attributes)


def _codelist(lists: ET.Element, id: str, items: Sequence[Item], *, agency: str, version: str) -> None:
    codelist = _maintained(lists, "Codelist", id, agency=agency, version=version)
    if agency != AGENCY:
        codelist.set("isPartial", "true")
    _names(codelist, both(ru=id, en=id))
    for item in items:
        code = ET.SubElement(codelist, f"{{{STR}}}Code", id=item.code)
        _names(code, item.name)
        if item.description is not None:
            _names(code, item.description, "Description")
        if item.parent:
            reference(ET.SubElement(code, f"{{{STR}}}Parent"), id=item.parent)


def _concepts(structures: ET.Element) -> None:
    scheme = _maintained(ET.SubElement(structures, f"{{{STR}}}Concepts"), "ConceptScheme", _SCHEME)
    _names(scheme, both(ru="Понятия статистики операции", en="Concepts of the operation's statistics"))
    for concept in CONCEPTS:
        _names(ET.SubElement(scheme, f"{{{STR}}}Concept", id=concept.id), concept.name)


def _data_structure(structures: ET.Element, *, coded: set[str]) -> None:
    definition = _maintained(ET.SubElement(structures, f"{{{STR}}}DataStructures"), "DataStructure", STRUCTURE)
    _names(definition, TITLE)
    parts = ET.SubElement(definition, f"{{{STR}}}DataStructureComponents")
    dimensions = ET.SubElement(parts, f"{{{STR}}}DimensionList", id="DimensionDescriptor")
    for position, concept in enumerate((one for one in CONCEPTS if one.role == "dimension"), start=1):
        found = ET.SubElement(dimensions, f"{{{STR}}}Dimension", id=concept.id, position=str(position))
        _component(found, concept, coded)
    time = ET.SubElement(dimensions, f"{{{STR}}}TimeDimension", id="TIME_PERIOD", position=str(len(DIMENSIONS) + 1))
    _component(time, _BY_ID["TIME_PERIOD"], coded)
    attributes = ET.SubElement(parts, f"{{{STR}}}AttributeList", id="AttributeDescriptor")
    for concept in (one for one in CONCEPTS if one.id in ATTRIBUTES):
        found = ET.SubElement(
            attributes, f"{{{STR}}}Attribute", id=concept.id, assignmentStatus=concept.role.capitalize()
        )
        _component(found, concept, coded)
        relation = ET.SubElement(found, f"{{{STR}}}AttributeRelationship")
        reference(ET.SubElement(relation, f"{{{STR}}}PrimaryMeasure"), id="OBS_VALUE")
    measures = ET.SubElement(parts, f"{{{STR}}}MeasureList", id="MeasureDescriptor")
    _component(ET.SubElement(measures, f"{{{STR}}}PrimaryMeasure", id="OBS_VALUE"), _BY_ID["OBS_VALUE"], coded)


def _component(parent: ET.Element, concept: Concept, coded: set[str]) -> None:
    reference(
        ET.SubElement(parent, f"{{{STR}}}ConceptIdentity"),
        id=concept.id,
        maintainableParentID=_SCHEME,
        maintainableParentVersion=VERSION,
        agencyID=AGENCY,
        package="conceptscheme",
        **{"class": "Concept"},
    )
    representation = ET.SubElement(parent, f"{{{STR}}}LocalRepresentation")
    if concept.text:
        ET.SubElement(representation, f"{{{STR}}}TextFormat", textType=concept.text)
        return
    id, version, agency = f"CL_{concept.id}", VERSION, AGENCY
    if concept.id not in coded:
        id, version, _items = _STANDARD[concept.id]
        agency = "SDMX"
    enumeration = ET.SubElement(representation, f"{{{STR}}}Enumeration")
    reference(enumeration, id=id, version=version, agencyID=agency, package="codelist", **{"class": "Codelist"})
