"""The line: first come, first served, and the dead do not hold it up."""

import subprocess
import sys
import threading

import pytest

from vnl_core.supervision.queue import Ticket, places

DRAW = """
import sys, time
from pathlib import Path
from vnl_core.supervision.queue import Ticket
ticket = Ticket.draw(Path(sys.argv[1]))
print(ticket.ahead(), flush=True)
time.sleep(60)
"""


def test_who_came_first_is_ahead_until_it_leaves_or_dies(tmp_path):
    first = Ticket.draw(tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-c", DRAW, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout
        assert child.stdout.readline() == "1\n"
        third = Ticket.draw(tmp_path)
        assert (first.ahead(), third.ahead()) == (0, 2)
        first.close()
        assert third.ahead() == 1
        child.kill()
        child.wait()
        assert third.ahead() == 0
        third.close()
    finally:
        child.kill()
        child.wait()


def test_tickets_drawn_at_once_are_all_different(tmp_path):
    drawn: list[Ticket] = []
    threads = [
        threading.Thread(target=lambda: drawn.append(Ticket.draw(tmp_path))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ticket.ahead() for ticket in drawn) == list(range(20))
    for ticket in drawn:
        ticket.close()


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_an_impossible_number_of_places_is_refused(monkeypatch, text):
    monkeypatch.setenv("VNL_PARALLEL_RUNS", text)
    with pytest.raises(ValueError, match="VNL_PARALLEL_RUNS"):
        places()


def test_one_place_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("VNL_PARALLEL_RUNS", raising=False)
    assert places() == 1
    monkeypatch.setenv("VNL_PARALLEL_RUNS", "3")
    assert places() == 3
