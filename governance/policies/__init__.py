"""Who may do what, by posts: pure functions of an actor and a thing, a module for each kind of thing.

Those of issues are asked everywhere, so they are named from here as well.
"""

from governance.policies.hard import *  # noqa: F403 - one list of names, in the module that says them
from governance.policies.issues import *  # noqa: F403 - one list of names, in the module that says them
