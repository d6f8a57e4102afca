"""Backup and restore of the real schema, and what a damaged file does: nothing."""

import os
import subprocess

import pytest
from django.db import connection, connections

from launcher import archive, backup, envfile
from launcher.keeping import remember_keys
from launcher.places import Places, short_name
from launcher.words import Trouble

KEY = "a-field-key-for-the-backup-test-0000000000"


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """Uploads and settings of a portal that is about to be backed up."""
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path / "本地 local"))
    monkeypatch.delenv("MEDIA_ROOT", raising=False)
    monkeypatch.setenv("FIELD_KEY", KEY)
    monkeypatch.setenv("SECRET_KEY", "a-" + KEY)
    monkeypatch.delenv("FORCE", raising=False)
    monkeypatch.delenv("KEEP", raising=False)
    photo = tmp_path / "本地 local" / "media" / "2023" / "照片.webp"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"photo")
    return tmp_path


def address_of(database):
    """The test server's address with another database."""
    given = connection.settings_dict
    host = given["HOST"] or given["OPTIONS"].get("host", "")
    user = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    if host.startswith("/") or not host:
        return f"postgres://{user}@/{database}?host={host}"
    return f"postgres://{user}@{host}:{given['PORT'] or 5432}/{database}"


@pytest.fixture
def own_database(transactional_db, district, tmp_path, monkeypatch):
    """A copy of the test database, with a district in it, that may be replaced."""
    name, source = f"backup_{short_name(tmp_path)}", connection.settings_dict["NAME"]
    url = address_of(name)
    monkeypatch.setenv("DATABASE_URL", url)
    connections.close_all()
    # a thread of the page server of another test may still hold one
    others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'"  # noqa: S608
    run_sql(address_of("postgres"), others)
    run_sql(address_of("postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    yield url
    run_sql(address_of("postgres"), f'DROP DATABASE "{name}" WITH (FORCE)')


def run_sql(url, *statements):
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        for statement in statements:
            answer = link.execute(statement)
        return answer.fetchall() if answer.description else []


def test_restore_brings_back_rows_and_uploads(portal, own_database):
    """With rows in place: their generated columns and indexes call functions while the search path is empty."""
    areas = "SELECT count(*) FROM neighborhoods_area"
    run_sql(own_database, "CREATE TABLE kept (a int)", "INSERT INTO kept VALUES (7)")
    source = backup.create(portal / "backups")
    before = run_sql(own_database, areas)
    media = portal / "本地 local" / "media"
    (media / "2023" / "照片.webp").unlink()
    (media / "new.webp").write_bytes(b"newer")
    run_sql(own_database, "DROP TABLE kept", "CREATE TABLE newer (a int)", "DELETE FROM django_migrations")
    backup.restore(source)
    assert run_sql(own_database, "SELECT a FROM kept") == [(7,)]
    assert run_sql(own_database, "SELECT to_regclass('newer')") == [(None,)]
    assert run_sql(own_database, areas) == before
    assert run_sql(own_database, "SELECT count(*) > 0 FROM django_migrations") == [(True,)]
    assert (media / "2023" / "照片.webp").read_bytes() == b"photo"
    assert not (media / "new.webp").exists()
    backup.restore(backup.create(portal / "backups"))  # what was restored can be backed up and restored again


def test_damaged_backup_changes_nothing(portal, monkeypatch):
    source = make_archive(portal)
    spoilt = bytearray(source.read_bytes())
    spoilt[spoilt.index(b"ddd") + 100] ^= 1
    source.write_bytes(spoilt)
    monkeypatch.setattr(backup, "_replace_database", lambda _dump: pytest.fail("the database was touched"))
    with pytest.raises(Trouble, match="damaged"):
        backup.restore(source)
    source.write_bytes(spoilt[:700])
    with pytest.raises(Trouble, match="damaged"):
        backup.restore(source)
    with pytest.raises(Trouble, match="no backup"):
        backup.restore(portal / "none.tar")


@pytest.mark.parametrize("name", archive.KEYS)
def test_backup_of_another_key_is_refused_unless_forced(portal, monkeypatch, name):
    source = make_archive(portal)
    done = []
    monkeypatch.setattr(backup, "_replace_database", done.append)
    monkeypatch.setenv(name, "another")
    with pytest.raises(Trouble, match=f"another {name}"):
        backup.restore(source)
    assert done == []
    monkeypatch.setenv("FORCE", "1")
    backup.restore(source)
    assert len(done) == 1


def test_older_backup_says_nothing_of_the_second_key(portal):
    older = archive.Manifest("", {"FIELD_KEY": archive.key_mark(KEY)}, {})
    assert older.made_with_other({"FIELD_KEY": KEY, "SECRET_KEY": "another"}) == []
    assert older.made_with_other({"FIELD_KEY": "another"}) == ["FIELD_KEY"]


def test_keys_that_restored_a_backup_are_those_of_the_next_start(portal, monkeypatch):
    source, places = make_archive(portal), Places(portal)
    places.local.mkdir()
    fresh = envfile.renew(places.env_file, {})
    monkeypatch.setenv("SECRET_KEY", "not that of the backup")
    remember_keys(places, source)
    kept = envfile.read(places.env_file)
    assert (kept["FIELD_KEY"], kept["SECRET_KEY"]) == (KEY, fresh["SECRET_KEY"])


def test_failed_database_restore_leaves_the_uploads(portal, monkeypatch):
    source = make_archive(portal)
    photo = portal / "本地 local" / "media" / "2023" / "照片.webp"
    photo.write_bytes(b"newer")

    def refuse(_dump):
        raise Trouble("psql failed", "失败")

    monkeypatch.setattr(backup, "_replace_database", refuse)
    with pytest.raises(Trouble, match="psql failed"):
        backup.restore(source)
    assert photo.read_bytes() == b"newer"


def test_archive_with_a_path_outside_is_refused(portal):
    import io
    import tarfile

    source = make_archive(portal)
    with tarfile.open(source, "a") as evil:
        entry = tarfile.TarInfo("media/../../escape")
        entry.size = 1
        evil.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(Trouble, match="damaged"):
        archive.verify(source)


def test_only_the_newest_backups_are_kept(portal, monkeypatch):
    monkeypatch.setenv("KEEP", "2")
    folder = portal / "backups"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"mulin-2023060{day}T020000Z.tar").touch()
    backup._drop_old(folder)
    assert sorted(path.name[6:14] for path in folder.iterdir()) == ["20230603", "20230604"]


def test_password_is_not_in_the_command_line(portal, monkeypatch):
    seen = {}

    def record(command, env, **_):
        seen.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0, stderr="")

    monkeypatch.setenv("DATABASE_URL", "psql://mulin:ge%40heim@db:5432/mulin")
    monkeypatch.setattr(subprocess, "run", record)
    backup._postgres_tool("pg_dump")
    assert "heim" not in " ".join(seen["command"])
    assert seen["env"]["PGPASSWORD"] == "ge@heim"
    assert "--dbname=postgresql://mulin@db:5432/mulin" in seen["command"]


def make_archive(portal):
    dump = portal / "dump"
    dump.write_bytes(b"d" * 500)
    target = portal / "backup.tar"
    media = portal / "本地 local" / "media"
    archive.pack(target, dump, media, "2023-06-10T00:00:00+00:00", archive.marks_of(os.environ))
    return target
