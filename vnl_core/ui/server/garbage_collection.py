"""Python's garbage collector, kept off what stays for good.

Streamlit has it look through everything after each script, which holds up the last of what the
page sends: 130 ms among 200,000 objects, most of them of imported modules. (Its hidden option
`runner.postScriptGC` would leave that to the collector's own hours, in the middle of a script.)
"""

import gc
import sys
import threading

_lock = threading.Lock()
_modules = 0


def freeze_imports() -> None:
    """Hides all objects from the collector if modules were imported since the last call.

    What scripts and sessions hold at such a moment, and later becomes a cycle without an owner,
    is never freed. There are few such moments: pages import what they need once.
    """
    global _modules
    with _lock:
        if len(sys.modules) > _modules:
            gc.collect()
            gc.freeze()
            _modules = len(sys.modules)
