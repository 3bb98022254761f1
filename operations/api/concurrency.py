"""Edits name the revision that they were made on: `ETag` out, `If-Match` in (RFC 9110, RFC 6585).

Without `If-Match` a write to a revised row is refused with 428, with an older revision with 412. `If-Match: *` names no
revision and would overwrite silently, so it counts as missing.
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from operations.api.problems import Refused
from operations.domain.errors import Stale
from operations.models.revision import Revised

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def etag(row: Revised) -> str:
    """The entity tag of a row as it stands."""
    return f'"{row.revision}"'


def require_match(request: Request, row: Revised) -> int:
    """The revision that the caller saw, which is the present one; hand it on to the domain where it takes one."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        raise Refused(
            428,
            "precondition_required",
            _("Name the revision that you edited: send its ETag in If-Match."),
            errors=[{"code": "required", "detail": str(_("The header is missing.")), "header": "If-Match"}],
        )
    seen = {int(found.group(1)) for part in given.split(",") if (found := _TAG.fullmatch(part.strip()))}
    if row.revision not in seen:
        raise Stale(current=row)
    return row.revision


def is_revised(row: Any) -> bool:
    return isinstance(row, Revised)
