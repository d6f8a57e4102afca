"""Sets the portal up and runs it. Standard library only: it works before anything is installed."""

import sys

# Checked here, before any other module is compiled, and written so that an old Python can still read it.
if sys.version_info < (3, 11):  # noqa: UP036 - the point is to tell people whose Python is older
    sys.exit(
        "Mulin needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make run PYTHON=python3.12\n"
        "睦邻需要 Python 3.11 或更新版本。"
    )
