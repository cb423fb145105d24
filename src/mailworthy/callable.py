"""Modules that can be called, where a package and its main function go by one name.

`mailworthy.audit` is a package, since it has `mailworthy.audit.rule` in it, and it is what users
call. Type checkers see the function alone, by an import under TYPE_CHECKING in the package above.
"""

import inspect
import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module that passes calls on to a function, which may lie in a module not loaded yet."""

    _home: str
    _function: str

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._target())

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call the function."""
        return self._target()(*args, **options)

    def _target(self) -> Any:
        return getattr(import_module(self._home), self._function)


def calls(module: str, home: str, function: str) -> None:
    """Let calls of a module, which is being loaded, go to a function of the module `home`."""
    found = sys.modules[module]
    found.__class__ = CallableModule
    found.__dict__.update(_home=home, _function=function)
