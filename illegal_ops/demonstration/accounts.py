"""The people of the demonstration: fictional names, one password, every role, state and kind of authority."""

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from illegal_ops.secrets import kept_secret
from operations.models import Agency, AgencyKind, Membership, MemberState, Post, Role, Unit, User

SINCE = dt.date(2025, 9, 1)
UNTIL = dt.date(2029, 8, 31)

#: The language of work and the fictional surnames of the heads, by state.
HEADS = {
    "AM": ("А. Г. Саргсян", "A. Sargsyan"),
    "BY": ("П. В. Лукашик", "P. Lukashik"),
    "KZ": ("Е. С. Абдрахманов", "E. Abdrakhmanov"),
    "KG": ("Т. К. Осмонов", "T. Osmonov"),
    "RU": ("И. Н. Верещагин", "I. Vereshchagin"),
    "TJ": ("Ф. Р. Назаров", "F. Nazarov"),
}


@dataclass(frozen=True)
class Person:
    """One account with its post; `role` None for the council chair, whose right comes from the term alone."""

    username: str
    name_ru: str
    name_en: str
    post_ru: str
    post_en: str
    role: str | None
    rank: tuple[str, str] = ("", "")
    scope: dict[str, object] = field(default_factory=dict)
    language: str = "ru"
    time_zone: str = "Europe/Moscow"


STAFF = (
    Person(
        "planner",
        "О. С. Климова",
        "O. Klimova",
        "Советник Международного штаба",
        "Adviser of the International Headquarters",
        Role.HQ_PLANNER,
    ),
    Person(
        "hq-chair",
        "В. А. Дроздов",
        "V. Drozdov",
        "Председатель Международного штаба операции",
        "Chair of the International Headquarters of the operation",
        Role.HQ_CHAIR,
        rank=("генерал-лейтенант", "Lieutenant General"),
    ),
    Person(
        "council-chair",
        "М. Т. Касымов",
        "M. Kasymov",
        "Председатель Координационного совета",
        "Chair of the Coordination Council",
        None,
        rank=("генерал-полковник", "Colonel General"),
    ),
    Person(
        "chair-assistant",
        "Н. И. Орлова",
        "N. Orlova",
        "Помощник председателя Координационного совета",
        "Assistant to the chair of the Coordination Council",
        Role.CHAIR_ASSISTANT,
    ),
    Person("observer", "Л. П. Громов", "L. Gromov", "Приглашённый наблюдатель", "Invited observer", Role.OBSERVER),
    Person(
        "admin", "С. Ю. Панин", "S. Panin", "Администратор системы", "Administrator of the system", Role.ADMINISTRATOR
    ),
)


def password() -> str:
    """The one password of all demonstration accounts: `DEMO_PASSWORD`, or one made once and kept in `VAR_DIR`."""
    return os.environ.get("DEMO_PASSWORD") or kept_secret(settings.VAR_DIR / "demo-password", 12)


def make_agencies() -> None:
    """An agency of every kind in every state, named by kind and state: the real names are for the states to give."""
    for state in MemberState.objects.all():
        for kind in AgencyKind.objects.all():
            Agency.objects.get_or_create(
                code=f"{state.code.lower()}-{kind.code.replace('_', '-')}",
                defaults={
                    "state": state,
                    "kind": kind,
                    "name_ru": f"{kind.name_ru} {state.genitive_ru}",
                    "name_en": f"{kind.name_en}, {state.official_en}",
                },
            )


def make_people() -> None:
    """Every account that `describe` prints, with posts and memberships."""
    encoded = make_password(password())
    for person in (*STAFF, *_heads(), *_officers()):
        _make(person, encoded)


def make_officers_of_units(units: Iterable[Unit], *, second: Agency) -> list[User]:
    """An account for the officer of each unit, and one for a second officer of their agency, who accepts."""
    encoded = User.objects.get(username=f"officer-{second.code}").password
    people = [
        Person(
            f"officer-{second.state.code.lower()}-{unit.code}",
            f"Сотрудник подразделения {unit.code}",
            f"Officer of {unit.code}",
            f"Ответственный сотрудник, {unit.name_ru}",
            f"Responsible officer, {unit.name_en}",
            Role.AGENCY_OFFICER,
            scope={"agency": second, "unit": unit},
            time_zone=second.state.time_zone,
        )
        for unit in units
    ]
    people.append(
        Person(
            f"second-officer-{second.code}",
            "Второй сотрудник",
            "Second officer",
            f"Начальник отдела, {second.kind.name_ru.lower()} {second.state.genitive_ru}",
            f"Head of section, {second.kind.name_en.lower()}, {second.state.official_en}",
            Role.AGENCY_OFFICER,
            scope={"agency": second},
            time_zone=second.state.time_zone,
        )
    )
    return [_make(person, encoded) for person in people]


def keep_password() -> bool:
    """Sets the password of the accounts again when `DEMO_PASSWORD` has changed; answers whether it had."""
    people = User.objects.filter(is_system=False, memberships__isnull=False)
    someone = people.first()
    if someone is None or check_password(password(), someone.password):
        return False
    User.objects.filter(is_system=False).update(password=make_password(password()))
    return True


def describe() -> str:
    """The accounts, as `make run` prints them at every start."""
    names = ", ".join(person.username for person in STAFF)
    return (
        f"Demonstration accounts: {names},\n"
        "  head-ru (and head-am, -by, -kz, -kg, -tj), officer-ru-internal-affairs (and each state and kind:\n"
        "  internal-affairs, migration-authority, state-security, border-service, financial-intelligence,\n"
        "  information-centre, rights-body); second-officer-kz-internal-affairs and officer-kz-td-01 (to -06) of an\n"
        "  authority that reports through units\n"
        f"Password of all: {password()}"
    )


def _heads() -> list[Person]:
    return [
        Person(
            f"head-{state.code.lower()}",
            *HEADS[state.code],
            f"Руководитель Национального штаба {state.genitive_ru}",
            f"Head of the National Headquarters, {state.official_en}",
            Role.NATIONAL_HEAD,
            rank=("генерал-майор", "Major General"),
            scope={"state": state},
            time_zone=state.time_zone,
        )
        for state in MemberState.objects.all()
    ]


def _officers() -> list[Person]:
    people = []
    for number, agency in enumerate(Agency.objects.select_related("state", "kind"), start=1):
        people.append(
            Person(
                f"officer-{agency.code}",
                f"Сотрудник № {number}",
                f"Officer No. {number}",
                f"Ответственный сотрудник, {agency.kind.name_ru.lower()} {agency.state.genitive_ru}",
                f"Responsible officer, {agency.kind.name_en.lower()}, {agency.state.official_en}",
                Role.AGENCY_OFFICER,
                scope={"agency": agency},
                time_zone=agency.state.time_zone,
            )
        )
    return people


def _make(person: Person, encoded: str) -> User:
    user = User.objects.create(
        username=person.username,
        password=encoded,
        name_ru=person.name_ru,
        name_en=person.name_en,
        language=person.language,
        time_zone=person.time_zone,
    )
    Post.objects.create(
        user=user,
        title_ru=person.post_ru,
        title_en=person.post_en,
        rank_ru=person.rank[0],
        rank_en=person.rank[1],
        from_date=SINCE,
    )
    if person.role is not None:
        Membership.objects.create(user=user, role=person.role, from_date=SINCE, **person.scope)
    return user
