# MuJoCo's names come from compiled modules, which have no types.
from typing import Any

def __getattr__(name: str) -> Any: ...
