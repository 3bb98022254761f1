"""How the figures were counted: the counting rule, the aggregation of each indicator, what sums and shares mean."""

from collections.abc import Sequence

from operations.models import Indicator
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import both, missing, words
from reports.domain.texts import indicator_name, of_row, worded
from reports.domain.units import unit_text

RULES = (
    both(
        ru="Случай учитывает орган, который вынес или зарегистрировал решение, на дату решения; инициаторы, "
        "участники и "
        "вышестоящие органы его не учитывают; совместный результат относится к ведущему органу.",
        en="The authority that issued or registered the act counts it, on its date; initiators, participants and "
        "parent "
        "bodies do not; joint results belong to the lead.",
    ),
    both(
        ru="Пограничная служба в составе органа безопасности отчитывается только как пограничная служба.",
        en="A border service inside a security committee reports only as a border service.",
    ),
    both(
        ru="Данные года — сумма итоговых, последующих и периодических донесений; показатели численности — "
        "наибольшее или "
        "последнее значение.",
        en="A year's number is the sum of final, follow-up and periodic returns; a stock is the highest or the last "
        "value.",
    ),
    both(
        ru="Пустая ячейка означает «не представлено» и никогда не читается как ноль; итог и его части не складываются.",
        en="An empty cell means “not reported” and never zero; a total and its parts are never added up.",
    ),
    both(
        ru="Проценты вычисляются как отношение сумм и не усредняются; при нулевой базе процент не вычисляется.",
        en="Percentages are ratios of sums and are never averaged; with a base of zero there is no percentage.",
    ),
    both(
        ru="Показатели правоприменения нейтральны: государства перечислены в алфавитном порядке и не ранжируются.",
        en="Enforcement counts are neutral: states stand in alphabetical order and are not ranked.",
    ),
)


def methodology(indicators: Sequence[Indicator]) -> list[Block]:
    """The rules and the list of indicators with unit, aggregation over the year and definition."""
    rows = [
        blocks.row(
            header=indicator_name(one),
            code=one.code,
            cells=[
                words(unit_text(one.unit)),
                words(worded(Indicator.Aggregation(one.over_time).label)),
                words(of_row(one, "definition")) if one.definition_ru and one.definition_en else missing("blank"),
            ],
        )
        for one in indicators
    ]
    return [
        blocks.listing(RULES),
        blocks.table(
            id="table-indicators",
            caption=both(ru="Показатели", en="Indicators"),
            stub=both(ru="Показатель", en="Indicator"),
            columns=[
                blocks.column(heading=both(ru="Ед. изм.", en="Unit"), kind="text"),
                blocks.column(heading=both(ru="За год", en="Over the year"), kind="text"),
                blocks.column(heading=both(ru="Определение", en="Definition"), kind="text", weight=3),
            ],
            rows=rows,
        ),
    ]
