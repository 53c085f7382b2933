"""What can be chosen by name in a config: ours, and what a lab's own files add."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from pydantic import SerializerFunctionWrapHandler, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from vnl_core.config.base import Config
from vnl_core.config.refusal import refusal

Kind = TypeVar("Kind", bound=Config)
Added = TypeVar("Added", bound=Config)


def load_by(loader: Callable[[], Sequence[str]]) -> None:
    """Has `loader` called before any name is looked up; it returns what could not be loaded."""
    global _loader
    _loader = loader


_loader: Callable[[], Sequence[str]] = tuple
_registries: "list[Registry[Any]]" = []


def take_back(module: str) -> None:
    """Forgets what the module of that name registered, in every registry."""
    for registry in _registries:
        registry.take_back(module)


class Registry(Generic[Kind]):
    """Classes of one kind (rewards, say) by the name under which a config chooses them."""

    def __init__(self, what: str, field: str = ""):
        """Begins with nothing in it.

        Args:
          what: one of them, in words: "reward".
          field: the field that holds the name; empty where the name is itself a field's.
        """
        self.what, self._field = what, field
        self._found: dict[str, type[Kind]] = {}
        _registries.append(self)

    def add(self, cls: type[Added]) -> type[Added]:
        """Registers `cls` under its name in small letters: `TargetSpeed` as "target_speed".

        Raises:
          ValueError: the name is taken, or the class has no docstring to explain it with.
        """
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        if name in self._found:
            raise ValueError(f"there is a {self.what} {name!r} already")
        if not cls.__doc__:
            raise ValueError(f"the {self.what} {name!r} has no docstring to say what it is")
        cls.name = name  # type: ignore[attr-defined]
        self._found[name] = cls  # type: ignore[assignment]
        return cls

    def take_back(self, module: str) -> None:
        """Forgets what the module of that name registered."""
        self._found = {n: cls for n, cls in self._found.items() if cls.__module__ != module}

    def __iter__(self) -> Iterator[str]:
        """The names, ours first."""
        _loader()
        return iter(tuple(self._found))

    def __contains__(self, name: object) -> bool:
        _loader()
        return name in self._found

    def find(self, name: str) -> type[Kind]:
        """The class called `name`.

        Raises:
          PydanticCustomError: there is none; says which there are, and how to add one.
        """
        _loader()
        if isinstance(name, str) and name in self._found:
            return self._found[name]
        known = f"Use one of {', '.join(self._found)}, or name" if self._found else "Name"
        raise refusal(
            self._field or str(name),
            f"There is no {self.what} “{name}”.",
            " ".join(
                [
                    f"{known} the file that has it in VNL_EXTENSIONS (docs/extending.md).",
                    *_loader(),
                ]
            ),
        )

    def read(self, name: str, value: Any, main: str = "") -> Kind:
        """The parameters `value` of the class called `name`, checked.

        Args:
          name: of the class.
          value: an instance, or its fields as a dict, or a number for the field `main`.
          main: the field that a number alone is for; empty for none.

        Raises:
          PydanticCustomError, ValidationError: there is no such class, or a field is refused.
        """
        cls = self.find(name)
        if isinstance(value, cls):
            return value
        if isinstance(value, Config):
            value = value.model_dump()
        if main and not isinstance(value, dict):
            value = {main: value}
        return cls.model_validate({} if value is None else value)


def read_terms(registry: Registry[Kind], value: Any, main: str = "") -> dict[str, Kind]:
    """The terms of a config: a dict of parameters by name, or the names alone for the defaults.

    Raises:
      PydanticCustomError: not terms at all, or a term twice.
      ValidationError: a term that there is not, or a parameter that is refused.
    """
    if isinstance(value, list | tuple):
        for name in value:
            if value.count(name) > 1:
                raise refusal(
                    str(name), f"The {registry.what} “{name}” is listed twice.", "Name it once."
                )
        value = dict.fromkeys(value)
    if not isinstance(value, dict):
        raise refusal(
            f"{registry.what}s",
            f"{value!r} names no {registry.what}.",
            "Write a list of names, or an object with the parameters of each.",
        )
    found, errors = {}, []
    for name, given in value.items():
        try:
            found[name] = registry.read(name, given, main)
        except ValidationError as error:
            errors += [_within(str(name), detail) for detail in error.errors()]
        except PydanticCustomError as error:
            errors.append(InitErrorDetails(type=error, loc=(), input=given))
    if errors:
        raise ValidationError.from_exception_data(registry.what, errors)
    return found


def _within(name: str, detail: Any) -> InitErrorDetails:
    """The error `detail` of a term's field, at its place below the term's name."""
    kind = detail["type"]
    if kind == "config":
        kind = PydanticCustomError("config", "{reason} {remedy}", detail["ctx"])
    return InitErrorDetails(
        type=kind,
        loc=(name, *detail["loc"]),
        input=detail["input"],
        ctx=detail.get("ctx", {}),
    )


def whole(value: Any, handler: SerializerFunctionWrapHandler) -> Any:
    """Serialises a config, or a dict of configs, by what each is rather than by its base."""
    del handler
    if isinstance(value, Config):
        return value.model_dump()
    return {name: inner.model_dump() for name, inner in value.items()}
