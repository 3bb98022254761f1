"""The units of indicators and of published figures, in both languages: «ед. изм.» of tables."""

from reports.domain.cells import Text, both, same

UNITS: dict[str, Text] = {
    "applications": both(ru="ходатайств", en="applications"),
    "attempts": both(ru="попыток", en="attempts"),
    "cases": both(ru="дел", en="cases"),
    "channels": both(ru="каналов", en="channels"),
    "checks": both(ru="проверок", en="checks"),
    "complaints": both(ru="жалоб", en="complaints"),
    "crimes": both(ru="преступлений", en="crimes"),
    "crossings": both(ru="пересечений", en="crossings"),
    "currency": both(ru="денежных единиц", en="currency units"),
    "days": both(ru="дней", en="days"),
    "days/year": both(ru="дней в году", en="days a year"),
    "decisions": both(ru="решений", en="decisions"),
    "employers": both(ru="работодателей", en="employers"),
    "grounds": both(ru="оснований", en="grounds"),
    "groups": both(ru="групп", en="groups"),
    "hours": both(ru="часов", en="hours"),
    "letters": both(ru="обращений", en="letters"),
    "offences": both(ru="правонарушений", en="offences"),
    "percent": same("%"),
    "persons": both(ru="чел.", en="persons"),
    "protocols": both(ru="протоколов", en="protocols"),
    "records": both(ru="записей", en="records"),
    "sites": both(ru="объектов", en="sites"),
    "transactions": both(ru="операций", en="transactions"),
    "violations": both(ru="нарушений", en="violations"),
}


def unit_text(code: str, currency: str = "") -> Text:
    """The unit in words; an amount is named by its currency. An unknown unit stands as its source states it."""
    if currency:
        return same(currency)
    return UNITS.get(code) or same(code)
