"""A child process with limits: on memory, on the processor, on the clock; and a turn that one holds at a time."""
import io
import os
import time

import pytest

from guicheng.files import limited_child as module
from guicheng.files.limited_child import limited_child
from guicheng.public.turns import Busy, turn

SAYS = """
import os, resource, sys
print(sys.flags.isolated, os.environ.get("PYTHONPATH"), open(sys.argv[1]).read(), *sys.argv[2:], flush=True)
print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20, os.nice(0) - {niceness} >= 10, flush=True)
"""


@pytest.fixture
def ask(tmp_path):
    """Run a script about a file: `ask("print(1)")` gives (lines, seconds)."""
    def _ask(text, memory=100, seconds=5):
        script = tmp_path / "script.py"
        script.write_text(text)
        began = time.monotonic()
        with limited_child(script, io.BytesIO("里".encode()), "one", memory=memory, seconds=seconds) as lines:
            said = [line.decode().strip() for line in lines]
        return said, time.monotonic() - began

    return _ask


def test_it_works(ask, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert ask(SAYS.format(niceness=os.nice(0)))[0] == ["1 /nowhere 里 one", "100 True"]


def test_memory_is_limited(ask):
    text = "print(1, flush=True); held = bytearray(80 << 20); print(2)"
    assert ask(text, memory=60)[0] == ["1"]
    assert ask(text, memory=200)[0] == ["1", "2"], "the control"


def test_the_processor_is_limited(ask, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 30)
    said, took = ask("print(1, flush=True)\nwhile True: pass", seconds=1)
    assert said == ["1"] and took < 20


def test_the_clock_is_limited(ask, monkeypatch):
    """One that sleeps needs no processor."""
    monkeypatch.setattr(module, "PATIENCE", 5)  # a child on a busy machine may take seconds to begin
    said, took = ask("import time; print(1, flush=True); time.sleep(60); print(2)", seconds=1)
    assert said == ["1"] and took < 40


def test_who_goes_away_ends_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    with limited_child(script, script, memory=100, seconds=60) as lines:
        number = int(lines.readline())
    with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


# --- turns -----------------------------------------------------------------------------------------
def test_a_turn_is_held_by_one():
    with turn("try"), turn("other"), pytest.raises(Busy) as busy, turn("try"):
        pass
    assert busy.value.seconds > 0 and not busy.value.own_share
    with turn("try"):
        pass


def test_a_share_comes_back_after_a_minute(monkeypatch):
    def take(who):
        with turn("try", of=who, share=2):
            pass

    take("a"), take("a"), take("b")
    with pytest.raises(Busy) as busy:
        take("a")
    assert busy.value.own_share and 58 <= busy.value.seconds <= 61
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    take("a")


def test_no_address_is_kept_and_what_is_cut_off_is_forgotten(settings):
    with turn("try", of="203.0.113.9", share=1):
        pass
    file = settings.DATA_DIR / "try-0.turn"
    assert file.read_text().count("[") == 2 and "203" not in file.read_text().split(",")[1]
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text()[:-3])
    with turn("try", of="203.0.113.9", share=1):
        pass


def test_without_a_folder_it_is_busy_and_no_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    with pytest.raises(Busy), turn("try"):
        pass
