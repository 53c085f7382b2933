"""The seed notebook's replay runs, cell by cell, in IPython as in a kernel."""

from pathlib import Path

from fresh import run_fresh

NOTEBOOK = Path(__file__).parents[2] / "examples" / "seed_notebook.ipynb"
RUN_CELLS = """
import json
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(open(NOTEBOOK))["cells"]:
    if cell["cell_type"] == "code":
        shell.run_cell("".join(cell["source"])).raise_error()
names = shell.user_ns
print(len(names["views"]), len({view.tobytes() for view in names["views"].values()}))
print(names["mjx_data"].qpos.shape == names["mj_data"].qpos.shape, names["policy"].step > 0)
print(len(names["rollout"]), names["film"]._repr_html_()[:6])
"""


def test_every_cell_runs_and_leaves_what_the_seed_left(tmp_path: Path):
    done = run_fresh(f"NOTEBOOK = {str(NOTEBOOK)!r}\n{RUN_CELLS}", tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    *_, views, same, film = done.stdout.splitlines()
    assert views == "5 5"  # five cameras, five different pictures
    assert same == "True True"
    assert film == "1001 <video"
    assert (tmp_path / "policy.mp4").read_bytes()[4:8] == b"ftyp"
    assert list(tmp_path.glob("runs/*/checkpoints/*/sizes.json"))
