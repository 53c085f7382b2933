"""What pyproject.toml cannot say: a wheel carries the built 3D viewer, pages and examples too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
VIEWER = HERE / "vnl_core" / "viewer" / "frontend"
# What `streamlit run` and the package need of the checkout; see vnl_core/project_files.py.
PROJECT = ("app.py", "pages", "examples", ".streamlit")


def viewer_is_built() -> bool:
    """Whether the bundle is there and no source of it is newer."""
    bundle = VIEWER / "dist" / "viewer.js"
    sources = [VIEWER / "package-lock.json", VIEWER / "package.json", *VIEWER.glob("src/**/*")]
    return bundle.is_file() and all(
        source.stat().st_mtime <= bundle.stat().st_mtime for source in sources
    )


class BuildWhole(build_py):
    """Builds the viewer first, and puts the project's other files into the package."""

    def run(self) -> None:
        """Builds the package."""
        if self.editable_mode:
            super().run()
            return
        if not viewer_is_built():
            environment = {**os.environ, "PYTHON": sys.executable}
            subprocess.run(["scripts/build-viewer"], cwd=HERE, env=environment, check=True)
        # What an earlier build left there would be in the wheel, too.
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        inside = Path(self.build_lib) / "vnl_core" / "_project"
        inside.mkdir(parents=True)
        for name in PROJECT:
            if (HERE / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(HERE / name, inside / name, ignore=ignored)
            else:
                shutil.copy2(HERE / name, inside / name)


setup(cmdclass={"build_py": BuildWhole})
