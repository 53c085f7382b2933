"""What docs/python.md says is run as it stands."""

import re
from pathlib import Path

from fresh import run_fresh

from vnl_core.trajectory import Trajectory

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_page_runs_from_top_to_bottom(tmp_path: Path):
    snippets = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(snippets) == PAGE.read_text("utf-8").count("```python")
    check = "print(action.shape, len(learnt.ctrl), len(states), pixels.shape, policy.step > 0)"
    done = run_fresh("\n".join([*snippets, check]), tmp_path)
    assert done.returncode == 0, done.stderr
    steps, *_, last = done.stdout.splitlines()
    learnt = re.fullmatch(r"\(8,\) (\d+) 11 \(480, 640, 3\) True", last)
    assert learnt, done.stdout
    assert int(learnt.group(1)) > 0
    assert Trajectory.load(tmp_path / "episode.h5").steps > 0
    assert (tmp_path / "episode.mp4").read_bytes()[4:8] == b"ftyp"
