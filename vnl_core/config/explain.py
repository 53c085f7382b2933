"""A refusal in the user's words: which field, why, and what to do instead."""

import json
from typing import Any, NamedTuple

from pydantic import ValidationError

from vnl_core.config.span import BRANCHES


class Problem(NamedTuple):
    """One reason why a config was refused."""

    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} {self.remedy}".strip()


def problems(error: ValidationError) -> list[Problem]:
    """A validation error as field, reason and remedy, for a page or a shell."""
    return [_problem(detail) for detail in error.errors()]


def _problem(detail: Any) -> Problem:
    # The branch of a Span is our word, not the user's.
    path = [str(p) for p in detail["loc"] if p not in BRANCHES]
    context = detail.get("ctx", {})
    if detail["type"] == "config":
        inner = context["field"]
        if inner not in path:
            path.append(inner)
        return Problem(".".join(path), context["reason"], context["remedy"])
    given = json.dumps(detail["input"], default=str, ensure_ascii=False)
    bounds = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [f"{word} {context[key]:.15g}" for key, word in bounds.items() if key in context]
    remedy = {
        "finite_number": "Use an ordinary number.",
        "extra_forbidden": "Remove it, or correct its name.",
        "missing": "Give it a value.",
        "string_pattern_mismatch": "Use at most 60 plain letters, digits, - and _, without spaces.",
    }.get(detail["type"], f"Use a value {' and '.join(limits)}." if limits else "")
    reason = {
        "extra_forbidden": "No such field.",
        "string_pattern_mismatch": f"{given[:60]} is no name for it.",  # not the pattern itself
    }.get(detail["type"], f"{detail['msg']}, not {given[:60]}.")
    return Problem(".".join(path) or "config", reason, remedy)
