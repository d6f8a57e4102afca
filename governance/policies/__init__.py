"""Who may do what; a module for each kind of thing. Pure functions of actor and object.

Those of issues are asked everywhere, so they are named from here as well.
"""

from governance.policies.issues import *  # noqa: F403 - one list of names, in the module that says them
