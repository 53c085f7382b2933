"""A design as two short words of an address: the preset, and what was changed in it.

    ?preset=ant-easy&design=eyJzY2VuZSI6eyJnYXBfbGVuZ3RoIjowLjN9fQ

`design` is base64url of compact JSON: the fields of the RunConfig that differ from the
preset's, by section. A field that holds a structure (a Uniform, the reward weights) is
replaced whole.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from vnl_core.config import RunConfig, problems
from vnl_core.presets import PRESETS

SECTIONS = ("scene", "task", "ppo")
# Longer addresses are cut off by browsers and proxies, and no design needs one.
MAX_LENGTH = 6000


class BrokenAddress(ValueError):
    """An address that holds no design; the message says what is wrong with it."""


def difference(run: RunConfig, base: RunConfig) -> dict[str, Any]:
    """The fields of `run` that differ from `base`, as JSON data, sections nested."""
    new, old = run.model_dump(mode="json"), base.model_dump(mode="json")
    result: dict[str, Any] = {}
    for name, value in new.items():
        if name in SECTIONS:
            changed = {k: v for k, v in value.items() if v != old[name][k]}
            if changed:
                result[name] = changed
        elif value != old[name]:
            result[name] = value
    return result


def encode(run: RunConfig, preset: str) -> dict[str, str]:
    """Query parameters from which `decode` gives `run` back."""
    changes = difference(run, PRESETS[preset].run)
    if not changes:
        return {"preset": preset}
    text = json.dumps(changes, separators=(",", ":"), allow_nan=False)
    return {
        "preset": preset,
        "design": base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    }


def decode(parameters: Mapping[str, str], default: str) -> tuple[str, RunConfig]:
    """The preset's name and the RunConfig that query parameters hold.

    Raises:
      BrokenAddress: the preset is unknown, or `design` is damaged or impossible.
    """
    preset = parameters.get("preset", default)
    if preset not in PRESETS:
        raise BrokenAddress(f"There is no preset “{preset}”; there are {', '.join(PRESETS)}.")
    base = PRESETS[preset].run
    word = parameters.get("design", "")
    if not word:
        return preset, base
    changes = _changes(word)
    data = base.model_dump(mode="json")
    for name, value in changes.items():
        if name in SECTIONS and isinstance(value, dict):
            data[name] |= value
        else:
            data[name] = value
    try:
        return preset, RunConfig.model_validate(data)
    except ValidationError as error:
        raise BrokenAddress(str(problems(error)[0])) from error


def _changes(word: str) -> dict[str, Any]:
    damaged = BrokenAddress("The design in it is damaged or was cut off.")
    if len(word) > MAX_LENGTH:
        raise damaged
    try:
        padded = word + "=" * (-len(word) % 4)
        changes = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise damaged from error
    if not isinstance(changes, dict):
        raise damaged
    return changes
