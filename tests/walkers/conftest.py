"""Every test here knows the walker of the documentation's example too."""

import pytest
from every import EXAMPLES


@pytest.fixture(autouse=True)
def example_walkers(monkeypatch):
    monkeypatch.setenv("VNL_WALKERS", str(EXAMPLES))
