"""Numbers as a workbook stores them: binary fractions written out, from which the number that was typed is taken back.

A spreadsheet writes 1234.1 as 1234.0999999999999; the shortest decimal that means the same fraction is what was typed.
"""

import math
import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from operations.domain.figures import BadNumber

_STORED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_MOST_DIGITS = 400


class NotANumber(Exception):
    """The XML of the cell holds something that no spreadsheet program writes: NaN, an infinity, letters."""


def stored_number(text: str, *, digits: int) -> int:
    """The number in units of its last digit: amounts in minor units, counts as they are.

    Raises `BadNumber` for a fraction that the cell cannot take, `NotANumber` for what is no number.
    """
    text = text.strip()
    if len(text) > _MOST_DIGITS or not _STORED.fullmatch(text):
        raise NotANumber
    number = float(text)
    if not math.isfinite(number):
        raise NotANumber
    scaled = Decimal(repr(number)).scaleb(digits)
    if scaled != scaled.to_integral_value():
        if digits:
            raise BadNumber(_("An amount has at most two decimals."))
        raise BadNumber(_("Enter a whole number, for example 1234 or 1 234."))
    return int(scaled)
