"""Keeps personal data out of free text: the system holds counts and sums, never a word about a person who was checked.

What is labelled as personal data is refused. What merely looks like it is a warning, which may be overridden with a
reason; the trail keeps both. Officials' names, posts and duty contacts have fields of their own and are not screened.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem, Text
from operations.domain.transitions import Attempt

_DOCUMENT = (
    r"(?:паспорт|загранпаспорт|удостоверени|свидетельств|вид\w* на жительство|патент"
    r"|passport|identity card|id card|residence permit)"
)
_PASSPORT = r"(?:паспорт|загранпаспорт|удостоверение|passport|identity card|id card)"
_NUMBER_MARK = r"(?:№|N[o°º]?\.?|номер|number|сери[яи]|series)"
_BIRTH = r"(?:рожд\w*|г\.\s?р\.|д\.\s?р\.|дата рожд\w*|born|date of birth|dob|birth ?date)"
_DATE = r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}|[0-9]{1,2}\s+[а-яёa-z]{3,9}\s+(?:19|20)[0-9]{2}"
# the alphabets of the six states write their letters beside the Russian ones
_CAPITAL = "[А-ЯЁӘҒҚҢӨҰҮҺІЎҲҶӢӮ]"
_LETTER = "[а-яёәғқңөұүһіўҳҷӣӯ]"
_SURNAME = rf"{_CAPITAL}(?:{_LETTER}+|{_CAPITAL}+)(?:-{_CAPITAL}(?:{_LETTER}+|{_CAPITAL}+))?"
#: Patronymics in any case: Иванович, Ивановичем, Ивановне; оглы, кызы, уулу.
_PATRONYMIC = (
    r"(?:(?:ович|евич|ич)(?:а|у|ем|ом|е)?|(?:овн|евн|ичн)(?:а|ы|е|у|ой|ою)|\s?(?:оглы|кызы|қызы|улы|ұлы|уулу|зода))"
)
_LABELLED: tuple[tuple[str, re.Pattern[str], Text], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]{2,}"), _("an e-mail address")),
    (
        "document",
        # with a word for "number" between, any document; without one, only what is called so in the singular
        re.compile(
            rf"{_DOCUMENT}\w*(?:\s+[а-яёa-z]+){{0,3}}[\s:,]*(?:{_NUMBER_MARK}[\s:,]*(?:[A-ZА-Я]{{1,3}}[\s№-]*)?)+[0-9][0-9\s-]{{4,}}"
            rf"|\b{_PASSPORT}[\s:,]*(?:[A-ZА-Я]{{1,3}}[\s-]*)?[0-9]{{2,}}[\s-]?[0-9]{{4,}}",
            re.IGNORECASE,
        ),
        _("the number of a passport or another document"),
    ),
    (
        "birth",
        re.compile(rf"{_BIRTH}[\s:,.–-]{{0,5}}(?:{_DATE})|(?:{_DATE})\s*(?:г\.?)?\s*{_BIRTH}", re.I),
        _("a date of birth"),
    ),
    (
        "personal_number",
        re.compile(r"(?:ИИН|ПИН|ИНН|СНИЛС|IIN|PIN|personal number|личный номер)[\s:№-]*[0-9][0-9\s-]{5,}", re.I),
        _("a personal identification number"),
    ),
    (
        "citizen",
        re.compile(
            rf"\b(?:[Гг]р\.|[Гг]р-н(?:а|у|ом|е|ки|ке|ку|кой|ка)?|[Гг]р-к(?:а|и|е|у|ой)|[Гг]раждан(?:ин|к)\w*)\s*"
            rf"{_SURNAME}\s+(?:{_CAPITAL}\.|{_SURNAME}\s+{_CAPITAL}{_LETTER}*{_PATRONYMIC}\b)"
            r"|\b[Cc]itizen\s+[A-Z][A-Za-z-]+,?\s+[A-Z]\."
        ),
        _("the name of a citizen"),
    ),
)
_LOOKS_LIKE: tuple[tuple[str, re.Pattern[str], Text], ...] = (
    (
        "name",
        re.compile(
            rf"\b{_SURNAME}\s+{_CAPITAL}\.\s?{_CAPITAL}\.|\b{_CAPITAL}\.\s?{_CAPITAL}\.\s?{_CAPITAL}{_LETTER}{{2,}}"
        ),
        _("a name"),
    ),
    (
        "patronymic",
        re.compile(rf"\b{_CAPITAL}{_LETTER}+\s+{_CAPITAL}{_LETTER}+{_PATRONYMIC}\b"),
        _("a full name"),
    ),
    (
        "document_number",
        # four and six digits, or letters and seven: no way to group the digits of a count
        re.compile(
            r"(?<![0-9])(?<![0-9][ \u00a0])[0-9]{2}\s?[0-9]{2}\s[0-9]{6}(?![0-9])|\b[A-ZА-Я]{1,2}\s?[0-9]{7}(?![0-9])"
        ),
        _("the number of a document"),
    ),
    ("digits", re.compile(r"(?<![0-9])[0-9]{9,}(?![0-9])"), _("a long identification number")),
    ("phone", re.compile(r"\+[0-9][0-9()\s-]{8,}[0-9]"), _("a telephone number")),
)
_CARD = re.compile(r"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")
_FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """The text in composed form without outer spaces; it may still hold what `text_problems` refuses."""
    return unicodedata.normalize("NFC", text).strip()


def text_problems(text: str, *, field: str = "", longest: int | None = None) -> Iterator[Problem]:
    """What makes a free text unacceptable, and (not blocking) what makes it doubtful; one too long is not read on."""
    if longest is not None and len(text) > longest:
        yield Problem(
            code="too_long", field=field, message=_("At most %(limit)s characters fit here.") % {"limit": longest}
        )
        return
    if _FORBIDDEN.search(text):
        yield Problem(
            code="control_characters", field=field, message=_("Remove invisible or control characters from the text.")
        )
    labelled = [words for _name, pattern, words in _LABELLED if pattern.search(text)]
    if any(_is_card(match.group()) for match in _CARD.finditer(text)):
        labelled.append(_("the number of a bank card"))
    for words in labelled:
        yield Problem(
            code="personal_data",
            field=field,
            message=_("Personal data is not kept here: the text contains %(what)s. Remove it.") % {"what": words},
        )
    if not labelled:
        yield from _doubts(text, field)


def screened(*fields: str, longest: int = 2000) -> Callable[[Attempt], Iterable[Problem]]:
    """An `asks` of a workflow: the given texts hold no personal data; a doubt gives way to a `screening_reason`."""

    def ask(attempt: Attempt) -> Iterable[Problem]:
        overridden = bool(str(attempt.given.get("screening_reason") or "").strip())
        for field in fields:
            for problem in text_problems(str(attempt.given.get(field) or ""), field=field, longest=longest):
                if problem.blocks or not overridden:
                    yield problem

    return ask


def _doubts(text: str, field: str) -> Iterator[Problem]:
    for _name, pattern, words in _LOOKS_LIKE:
        if pattern.search(text):
            yield Problem(
                code="looks_personal",
                field=field,
                blocks=False,
                message=_(
                    "The text looks as if it contained %(what)s. Remove it, or confirm with a reason that it "
                    "does not concern a person who was checked."
                )
                % {"what": words},
            )


def _is_card(text: str) -> bool:
    """Whether the digits pass the checksum of bank cards (Luhn), which random counts rarely do."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
