"""What is taken from the front-end packages is free of what is not ours to use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))

import frontend

pytestmark = pytest.mark.once
CSS = (
    ":root{--govuk-brand-colour:#1d70b8}/*! Copyright (c) 2011 by Margaret Calvert */"
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    ".a{font-family:GDS Transport,arial,sans-serif;color:red}"
    ".b{width:1px;background-image:url(/assets/images/govuk-crest.svg);height:2px}"
    "@media print{.a{font-family:sans-serif}}"
    "/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


def test_typeface_crest_and_source_map_are_taken_out_and_nothing_else():
    assert frontend.stripped_css(CSS).strip() == (
        ":root{--govuk-brand-colour:#1d70b8}.a{font-family:var(--ops-font);color:red}"
        ".b{width:1px;height:2px}@media print{.a{font-family:var(--ops-font)}}"
    )


def test_a_style_sheet_that_still_names_its_assets_is_refused():
    with pytest.raises(frontend.FrontendError, match="/assets/"):
        frontend.stripped_css("/assets/unknown")


def test_a_missing_package_is_named(tmp_path):
    with pytest.raises(frontend.FrontendError, match="govuk-frontend"):
        frontend.build(modules=tmp_path, target=tmp_path / "out")


def test_each_subset_is_a_family_of_its_own_for_documents_and_one_family_for_browsers():
    documents = frontend.document_font_css(frontend.SITE_FACES)
    assert '"Noto Sans cyrillic"' in documents
    assert "unicode-range" not in documents
    ranges = {"noto-sans": dict.fromkeys(frontend.SUBSETS, "U+0000-00FF")}
    site = frontend.site_font_css(ranges, frontend.SITE_FACES)
    assert site.count('font-family: "Noto Sans";') == len(frontend.SUBSETS) * len(frontend.SITE_FACES)
    assert "unicode-range: U+0000-00FF;" in site
