"""Names everything that was not run, so that no green run hides a hole; with CI=true a hole fails the run."""

import os

import pytest

# the runner says here what it could not start at all
MISSING = "TESTS_MISSING"


class Skipped:
    """Collects what was skipped and why."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            where = report.longrepr
            reason = where[2] if isinstance(where, tuple) else str(where)
            self.reasons[report.nodeid] = reason.removeprefix("Skipped: ")


skipped = Skipped()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    skipped.note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    skipped.note(report)


def holes() -> list[str]:
    missing = [name for name in os.environ.get(MISSING, "").split(";") if name]
    return missing + [f"{node}: {reason}" for node, reason in skipped.reasons.items()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = holes()
    if not found:
        return
    terminalreporter.section("not run on this machine")
    for line in found:
        terminalreporter.write_line(line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") == "true" and holes() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
