"""People in their roles. Everybody's password is `PASSWORD`; a name is used as it would be in the demonstration."""

import datetime as dt
from dataclasses import dataclass, field

from operations.models import Agency, ChairTerm, Membership, MemberState, Role, Unit, User
from tests.factories.reference import STATES, make_agency, state

PASSWORD = "correct horse battery staple"
FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2099, 12, 31)


def make_user(
    username: str,
    role: Role | str | None = None,
    *,
    state_code: str | MemberState | None = None,
    agency: Agency | None = None,
    unit: Unit | None = None,
    from_date: dt.date = FIRST_DAY,
    until_date: dt.date | None = None,
    language: str = "en",
) -> User:
    """A person, with one membership when a role is named; called again, the same person gets another role."""
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(
            username, PASSWORD, name_ru=f"Имя {username}", name_en=f"Name {username}", language=language
        )
    if role is not None:
        Membership.objects.create(
            user=user,
            role=role,
            state=state(state_code) if state_code else None,
            agency=agency,
            unit=unit,
            from_date=from_date,
            until_date=until_date,
        )
    # a standing that was asked for earlier would not know the new role
    user.__dict__.pop("_standing", None)
    return user


def make_planner(username: str = "planner") -> User:
    return make_user(username, Role.HQ_PLANNER)


def make_hq_chair(username: str = "hq-chair") -> User:
    return make_user(username, Role.HQ_CHAIR)


def make_head(state_code: str = "RU", username: str = "") -> User:
    return make_user(username or f"head-{state_code.lower()}", Role.NATIONAL_HEAD, state_code=state_code)


def make_officer(agency: Agency | None = None, username: str = "", unit: Unit | None = None) -> User:
    agency = agency or make_agency()
    return make_user(username or f"officer-{agency.code}", Role.AGENCY_OFFICER, agency=agency, unit=unit)


def make_council_chair(
    username: str = "council-chair",
    *,
    state_code: str = "RU",
    from_date: dt.date = FIRST_DAY,
    until_date: dt.date = LAST_DAY,
) -> User:
    """The chair of the Coordination Council: a term of office, and no role beside it."""
    user = make_user(username)
    ChairTerm.objects.create(holder=user, state=state(state_code), from_date=from_date, until_date=until_date)
    return user


def make_assistant(username: str = "chair-assistant") -> User:
    return make_user(username, Role.CHAIR_ASSISTANT)


def make_observer(username: str = "observer") -> User:
    return make_user(username, Role.OBSERVER)


def make_administrator(username: str = "admin") -> User:
    return make_user(username, Role.ADMINISTRATOR)


@dataclass
class Cast:
    """Everybody whom the usual story needs."""

    planner: User = field(default_factory=make_planner)
    hq_chair: User = field(default_factory=make_hq_chair)
    council_chair: User = field(default_factory=make_council_chair)
    assistant: User = field(default_factory=make_assistant)
    observer: User = field(default_factory=make_observer)
    administrator: User = field(default_factory=make_administrator)
    heads: dict[str, User] = field(default_factory=lambda: {code: make_head(code) for code in STATES})


def make_cast() -> Cast:
    return Cast()
