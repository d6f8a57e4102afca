"""States, the only moves between them, and event names (docs/lifecycle.md); a module for each kind of thing.

Those of issues are asked everywhere, so they are named from here as well.
"""

from governance.lifecycle.issues import *  # noqa: F403 - one list of names, in the module that says them
