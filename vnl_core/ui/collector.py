"""Python's garbage collector, kept off what stays for good.

Streamlit has it look through everything after each script, which holds up the last of what the
page sends: 130 ms among 200,000 objects, most of them of imported modules.
"""

import gc
import sys

_modules = 0


def freeze_imports() -> None:
    """Hides all objects from the collector if modules were imported since the last call.

    What else lives at such a moment, and later becomes a cycle without an owner, is never freed:
    at most a scene or two, for the few times that pages import anything.
    """
    global _modules
    if len(sys.modules) > _modules:
        _modules = len(sys.modules)
        gc.collect()
        gc.freeze()
