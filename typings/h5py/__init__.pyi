# What a file holds is known only when it is opened.
from typing import Any

def __getattr__(name: str) -> Any: ...
