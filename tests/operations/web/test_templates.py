"""Templates are held to what no single page's test would notice."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
INCLUDE = re.compile(r'{%\s*include\s+"(?P<name>[^"]+)"(?P<rest>[^%]*)\bonly\s*%}')


def test_a_part_with_a_form_that_is_included_alone_is_given_the_token_that_its_form_posts() -> None:
    with_forms = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if "{% csrf_token %}" in path.read_text(encoding="utf-8")
    }
    without_token = [
        f"{path.relative_to(TEMPLATES)}: {found['name']}"
        for path in TEMPLATES.rglob("*.html")
        for found in INCLUDE.finditer(path.read_text(encoding="utf-8"))
        if found["name"] in with_forms and "csrf_token=csrf_token" not in found["rest"]
    ]
    assert without_token == []
