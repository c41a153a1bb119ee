"""Clerks who publish without a pause, each in a process of its own that writes down what was acknowledged."""
import os
import signal
import sys
import time
from contextlib import contextmanager

from tests.forked import forked


def make_ready():
    """Tables, facts and a list in the database that the environment names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_facts", stdout=sys.stderr)


@contextmanager
def writers(number, folder, pause=0.001):
    """Let so many publish while the block runs, one statement after another on a project of each one's own."""
    from tests import factories

    project_list = factories.make_list()
    rows = [(factories.make_project(project_list), factories.make_user()) for _ in range(number)]
    children = [forked(_work(folder / f"acknowledged-{project.pk}", project, by, pause)) for project, by in rows]
    try:
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _work(path, project, by, pause):
    from tests import factories

    def work():
        with open(path, "a") as file:
            while True:
                row = factories.make_update(project, by=by, source=project.source)
                print(row.pk, time.time(), file=file, flush=True)
                time.sleep(pause)

    return work


def acknowledged(folder):
    """Give {number of the statement: when its publication was acknowledged}."""
    lines = [line for path in folder.glob("acknowledged-*") for line in path.read_text().splitlines(keepends=True)]
    return {int(line.split()[0]): float(line.split()[1]) for line in lines if line.endswith("\n")}
