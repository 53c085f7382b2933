"""What the garbage collector looks through after each script of a page."""

import gc
import weakref

import pytest

from vnl_core.ui.server import garbage_collection


class Ring:
    """An object that only the collector can free."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    monkeypatch.setattr(garbage_collection, "_modules", 0)
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_after_a_page_the_collector_sees_only_what_came_since(visit):
    visit("design")
    assert gc.get_freeze_count() > 10 * len(gc.get_objects())


def test_what_comes_later_is_still_freed(visit):
    at = visit("runs")
    frozen = gc.get_freeze_count()
    assert frozen
    ring = Ring()
    gone = weakref.ref(ring)
    at.run()
    assert gc.get_freeze_count() <= frozen  # nothing was imported
    del ring
    gc.collect()
    assert gone() is None


def test_garbage_is_freed_before_the_rest_is_hidden():
    gone = weakref.ref(Ring())
    garbage_collection.freeze_imports()
    assert gc.get_freeze_count()
    assert gone() is None
