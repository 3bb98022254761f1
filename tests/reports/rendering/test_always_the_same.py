"""The same data give the same bytes: in every format, in other processes, a hundred times."""

import hashlib
import os
from pathlib import Path

import pytest

from reports.rendering.outputs import CONTENT_TYPES, render
from reports.rendering.process import render_to_file
from tests.reports.rendering.annual_sample import annual, approval_of
from tests.reports.rendering.cumulative_sample import cumulative

pytestmark = pytest.mark.once
ROUNDS = 100 if os.environ.get("TESTS_DEEP") else 3


@pytest.mark.parametrize("format", sorted(CONTENT_TYPES))
def test_another_process_draws_the_very_bytes_that_are_drawn_here(format: str, tmp_path: Path):
    """Each process has its own seed of hashes, its own folder of typefaces and its own order of threads."""
    payload = annual() if format.startswith("sdmx") else cumulative()
    approval = None if format == "docx" else approval_of(payload)
    given = {"format": format, "payload": payload, "approval": approval, "language": "both"}
    done = render_to_file(target=tmp_path / "file", **given)
    assert done.sha256 == hashlib.sha256(render(**given)).hexdigest()


def test_a_hundred_renderings_are_one_file(tmp_path: Path):
    payload = cumulative()
    hashes = {
        render_to_file(target=tmp_path / "report.pdf", format="pdf", payload=payload, approval=None).sha256
        for _round in range(ROUNDS)
    }
    assert len(hashes) == 1
