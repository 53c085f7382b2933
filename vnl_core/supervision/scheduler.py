"""Whether a scheduler has given this process its share of a machine."""

import os

# What each of them sets in a job: Slurm, PBS, LSF, Grid Engine, Ray.
_JOBS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "SGE_TASK_ID", "RAY_JOB_ID")


def job() -> str | None:
    """The number of the scheduler's job that this process is in; None outside of one."""
    return next((found for name in _JOBS if (found := os.environ.get(name))), None)
