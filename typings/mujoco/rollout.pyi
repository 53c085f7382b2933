# rollout's results are declared optional arrays; Rollout.rollout always returns them.
from typing import Any

def __getattr__(name: str) -> Any: ...
