"""Points and seats of a province: 15 million lines of the ledger, 1.5 million neighbours, fifty people for one seat."""

import statistics
import threading
import time
import uuid
from datetime import timedelta
from random import Random

from django.db import connection, connections
from django.utils import timezone

from benchmarks import stores
from benchmarks.table import Row, at_least, at_most
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Area, Resident
from neighborhoods.services.stamps import stamp_of
from volunteers.lifecycle.activities import ActivityState, SeatState
from volunteers.lifecycle.points import AccountKind
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import Account, Activity, Lot, PointsEntry, PointsLine, Shift, SignUp, Volunteer
from volunteers.selectors.points import SHOWN, account_of_resident, statement_of
from volunteers.services.activities.seats import sign_up
from volunteers.services.points.booking import account_for
from volunteers.services.points.reconciling import reconcile

PEOPLE, EACH = 1_500_000, 5  # movements of each; two lines a movement
_ROWS = """
INSERT INTO neighborhoods_resident (area_id, street_id, phone_hash, asked_by, recorded_by_label, agreed_at)
SELECT %(area)s, %(street)s, '', '', '', now() FROM generate_series(1, %(people)s);
INSERT INTO volunteers_account (kind, resident_id, balance, owed)
SELECT 'person', id, %(each)s, 0 FROM neighborhoods_resident WHERE community_id IS NULL;
INSERT INTO volunteers_pointsentry (kind, at, source, note, by_label)
SELECT 'earned', now() - make_interval(mins => n / 100), 'bench:' || n, '', ''
FROM generate_series(1, %(people)s * %(each)s) AS n;
INSERT INTO volunteers_pointsline (entry_id, account_id, amount, balance)
SELECT entry.id, account.id, 1, 1 + (entry.place - 1) / %(people)s FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM volunteers_pointsentry
) AS entry JOIN (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM volunteers_account WHERE kind = 'person'
) AS account ON account.place = 1 + (entry.place - 1) %% %(people)s;
INSERT INTO volunteers_pointsline (entry_id, account_id, amount, balance)
SELECT id, %(issued)s, -1, 0 FROM volunteers_pointsentry;
INSERT INTO volunteers_lot (account_id, entry_id, amount, "left", expires_on, told)
SELECT account_id, min(entry_id), %(each)s, %(each)s, current_date + 400, 0 FROM volunteers_pointsline
WHERE account_id <> %(issued)s GROUP BY account_id;
"""
_TABLES = tuple(model._meta.db_table for model in (PointsEntry, PointsLine, Account, Lot, Resident))
_RAW = "SELECT count(*), sum(amount) FROM volunteers_pointsline"


def fill() -> None:
    """Made inside the database; the triggers that look at each line are off meanwhile."""
    area = Area.objects.filter(level=0).order_by("pk")[0]
    values = {"area": area.pk, "street": area.pk, "people": PEOPLE, "each": EACH}
    values["issued"] = account_for(AccountKind.ISSUED).pk
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE volunteers_pointsline DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE volunteers_pointsline DISABLE TRIGGER points_line_adds_up")
        for statement in _ROWS.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("ALTER TABLE volunteers_pointsline ENABLE TRIGGER ALL")
        for table in _TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


def _statements() -> Row:
    """Balance and the newest page of a statement, as PostgreSQL says how long they took."""
    ids = list(
        Account.objects.filter(kind=AccountKind.PERSON)
        .order_by("pk")
        .values_list("resident_id", flat=True)[:PEOPLE:7919]
    )
    times = []
    for resident_id in Random(7).sample(ids, min(100, len(ids))):
        account = account_of_resident(resident_id)
        if account is None:
            raise SystemExit("there is no account")
        rows = (Account.objects.filter(resident=resident_id), statement_of(account)[:SHOWN])
        times.append(sum(_took(one.explain(analyze=True)) for one in rows))
    times.sort()
    note = f"median {statistics.median(times):.2f} ms"
    return at_most(
        "balance and statement in the database, 95 of 100", times[int(len(times) * 0.95) - 1], 10, " ms", note
    )


def _took(plan: str) -> float:
    return sum(float(line.split()[2]) for line in plan.splitlines() if " Time: " in line)


def _reconciled() -> Row:
    """In turns with the plain sum, three rounds; the middle."""
    ratios, note = [], ""
    for _round in range(3):
        before = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_RAW)
            (lines, _total) = cursor.fetchone()
        raw = time.perf_counter() - before
        found = reconcile(at=timezone.now())
        mine = time.perf_counter() - before - raw
        if not found.is_clean or found.lines != lines:
            raise SystemExit("the ledger does not add up")
        ratios.append(raw / mine)
        note = f"{mine:.1f} s against {raw:.1f} s for {lines:,} lines"
    return at_least("reconciliation, rows a second of the plain sum", statistics.median(ratios), 0.3, note)


# ---- one seat, fifty people ----
RIVALS = 50


def _last_seat() -> list[Row]:
    shift, entries = _shift_of_one(), [_entry(n) for n in range(RIVALS)]
    barrier, waits, lock = threading.Barrier(RIVALS), [], threading.Lock()

    def run(entry: Volunteer) -> None:
        barrier.wait(30)
        before = time.perf_counter()
        sign_up(shift_id=shift.pk, volunteer_id=entry.pk, actor=SYSTEM)
        with lock:
            waits.append(time.perf_counter() - before)
        connections.close_all()

    threads = [threading.Thread(target=run, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    booked = SignUp.objects.filter(shift=shift, state=SeatState.BOOKED).count()
    note = f"{len(waits)} of {RIVALS} answered, {booked} has the seat"
    if booked != 1 or len(waits) != RIVALS:
        raise SystemExit(note)
    return [at_most("fifty people for the last seat, the longest wait", max(waits), 1, " s", note)]


def _entry(number: int) -> Volunteer:
    area = Area.objects.filter(level=1).order_by("pk")[0]
    stamps, at = stamp_of(area).as_fields(), timezone.now()
    resident = Resident.objects.create(area=area, **stamps, agreed_at=at)
    return Volunteer.objects.create(
        resident=resident,
        area=area,
        **stamps,
        number=f"B{number}-{uuid.uuid4().hex[:8]}",
        state=VolunteerState.VERIFIED,
        applied_at=at,
        verified_at=at,
    )


def _shift_of_one() -> Shift:
    area, at = Area.objects.filter(level=1).order_by("pk")[0], timezone.now()
    activity = Activity.objects.create(
        area=area,
        **stamp_of(area).as_fields(),
        number=f"B-{uuid.uuid4().hex[:8]}",
        title="Shift",
        state=ActivityState.OPEN,
        planned_at=at,
    )
    starts = at + timedelta(days=1)
    return Shift.objects.create(activity=activity, starts_at=starts, ends_at=starts + timedelta(hours=2), capacity=1)


def run() -> list[Row]:
    """Seats first, while the tables are small enough to be made in seconds."""
    stores.create("points")
    rows = _last_seat()
    fill()
    return [*rows, _statements(), _reconciled()]
