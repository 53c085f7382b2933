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
    reason, remedy = _in_words(detail["type"], detail["msg"], _text(detail["input"]), context)
    return Problem(".".join(path) or "config", reason, remedy)


_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_NUMBER = ("{} is not a number.", "Write a number, with a decimal point: 0.5.")
_WHOLE = ("{} is not a whole number.", "Write one without a fraction: 64.")
# By pydantic's type of error: the reason, of what was given, and the remedy.
_WORDS = {
    "extra_forbidden": ("No such field.", "Remove it, or correct its name."),
    "finite_number": ("{} is no ordinary number.", "Use an ordinary number."),
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": ("{} is too large.", "Use a smaller whole number."),
    "int_type": _WHOLE,
    "missing": ("It has no value.", "Give it a value."),
    "string_pattern_mismatch": (
        "{} is no name for it.",  # not the pattern itself
        "Use at most 60 plain letters, digits, - and _, without spaces.",
    ),
}
_LIMITS = {
    "greater_than": "{} is too small.",
    "greater_than_equal": "{} is too small.",
    "less_than": "{} is too large.",
    "less_than_equal": "{} is too large.",
}


def _in_words(kind: str, message: str, given: str, context: dict[str, Any]) -> tuple[str, str]:
    if kind in _WORDS:
        reason, remedy = _WORDS[kind]
        return reason.format(given), remedy
    if kind == "too_short":
        least = context["min_length"]
        reason = "The list is empty." if not context["actual_length"] else "The list is too short."
        return reason, f"Give at least {least} value{'s' if least > 1 else ''}."
    if kind == "too_long":
        return "The list is too long.", f"Give at most {context['max_length']} values."
    if kind == "multiple_of":
        return f"{given} does not fit.", f"Use a multiple of {context['multiple_of']:g}."
    if kind == "literal_error":
        return f"There is no {given}.", f"Choose one of {context['expected']}."
    limits = [f"{word} {context[key]:.15g}" for key, word in _BOUNDS.items() if key in context]
    remedy = f"Use a value {' and '.join(limits)}." if limits else ""
    return _LIMITS.get(kind, f"{message}, not {{}}.").format(given), remedy


def _text(given: Any) -> str:
    """What was given, short; 1e12 as it was typed and not as 1000000000000.0."""
    if isinstance(given, float):
        return f"{given:.15g}"
    if isinstance(given, str):
        return f"“{given[:60]}”"
    return json.dumps(given, default=str, ensure_ascii=False)[:60]
