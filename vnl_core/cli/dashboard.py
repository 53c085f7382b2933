"""The verb that opens the dashboard, from wherever the package is installed."""

import os
import sys

import click

from vnl_core.project_files import ROOT


@click.command()
@click.option("--port", default=8501, show_default=True, help="Port on 127.0.0.1.")
def dashboard(port: int) -> None:
    """Open the dashboard; runs are those of this folder, or of VNL_RUNS_DIR."""
    app = str(ROOT / "app.py")
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]
    os.execv(sys.executable, command)
