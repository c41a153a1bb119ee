"""A pytest plugin (`-p tests.until`): no further test begins after RUN_UNTIL, and the file LEFT_OUT names the rest.

Time that runs out is no failure: the exit code then says how the tests that ran went.
"""
import os
import time
from pathlib import Path

import pytest

waiting, failed = {}, []


def pytest_runtest_teardown(item):
    """Asked for by each worker of xdist, which hands it on."""
    if time.time() > float(os.environ["RUN_UNTIL"]):
        item.session.shouldstop = "时间到了"


def pytest_collection_finish(session):
    waiting.update(dict.fromkeys(item.nodeid for item in session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids):
    waiting.update(dict.fromkeys(ids))


def pytest_runtest_logreport(report):
    if report.failed:
        failed.append(report.nodeid)
    if report.when == "teardown":
        waiting.pop(report.nodeid, None)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if hasattr(session.config, "workerinput"):
        return
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:  # nothing of this changed
        session.exitstatus = pytest.ExitCode.OK
    if exitstatus == pytest.ExitCode.INTERRUPTED and time.time() > float(os.environ["RUN_UNTIL"]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK
    Path(os.environ["LEFT_OUT"]).write_text("\n".join(waiting))
