"""Fills an empty database with the small district of the tests: `python -m tests.resilience.seed`.

Run as a program of its own, because the tests' process is connected to another database.
"""

import json
import sys

import django

PASSWORD = "Linli-test-2026"


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from tests.conftest import build_district, build_people

    district = build_district()
    people = build_people(district)
    worker = people.user("grid_worker")
    json.dump({"area": district.building.code, "worker": worker.email, "worker_id": worker.pk}, sys.stdout)


if __name__ == "__main__":
    main()
