"""Drawing in a process of its own: the same file, limits that hold, and a reason that can be told."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reports.rendering.fingerprint import renderer_fingerprint
from reports.rendering.outputs import render
from reports.rendering.process import RenderingFailed, render_to_file
from tests.reports.rendering.annual_sample import annual, approval_of
from tests.reports.rendering.cumulative_sample import cumulative

pytestmark = pytest.mark.once


def test_the_process_writes_the_bytes_that_would_be_drawn_here(tmp_path: Path) -> None:
    payload = cumulative()
    target = tmp_path / "new" / "report.pdf"
    with ThreadPoolExecutor(1) as worker:
        done = worker.submit(render_to_file, target=target, format="pdf", payload=payload, approval=None).result()
    here = render(format="pdf", payload=payload, approval=None)
    assert target.read_bytes() == here
    assert (done.sha256, done.size) == (hashlib.sha256(here).hexdigest(), len(here))
    assert done.renderer == renderer_fingerprint()
    assert [path.name for path in target.parent.iterdir()] == ["report.pdf"], "nothing is left lying about"


def test_a_process_that_needs_too_much_memory_is_stopped_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(RenderingFailed, match="memory"):
        render_to_file(
            target=tmp_path / "new" / "report.pdf",
            format="pdf",
            payload=annual(),
            approval=None,
            memory_limit=120 * 1024**2,
        )
    assert list((tmp_path / "new").iterdir()) == []


def test_a_process_that_takes_too_long_is_stopped_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(RenderingFailed, match=r"longer than 0\.2 seconds"):
        render_to_file(
            target=tmp_path / "new" / "report.pdf", format="pdf", payload=annual(), approval=None, time_limit=0.2
        )
    assert list((tmp_path / "new").iterdir()) == []


def test_the_reason_of_a_refusal_comes_back_from_the_process(tmp_path: Path) -> None:
    other = approval_of(cumulative())
    with pytest.raises(RenderingFailed, match="ApprovalOfAnotherSnapshot"):
        render_to_file(target=tmp_path / "report.csv", format="csv", payload=annual(), approval=other)


def test_the_process_is_given_none_of_the_sites_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody:password@192.0.2.1/none")
    done = render_to_file(target=tmp_path / "report.csv", format="csv", payload=cumulative(), approval=None)
    assert done.size > 0
