"""What the pages and the shell do, for a notebook: films that show themselves, trainings, runs."""

from vnl_core.notebook.rollouts import roll_out
from vnl_core.notebook.trainings import open_run, train
from vnl_core.notebook.videos import Film, film

__all__ = ["Film", "film", "open_run", "roll_out", "train"]
