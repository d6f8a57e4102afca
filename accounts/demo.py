"""The one password of all invented people. Only a database marked as demonstration knows them."""

DEMO_PASSWORD = "Linli-demo-2026"  # noqa: S105 - printed on the terminal on purpose
