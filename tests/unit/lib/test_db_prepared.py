"""A prepared statement is the same statement, and a joined save is the same save."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.tables import counts, events, subjects, tickets, workspaces
from app.lib.db import Append, Database, Prepared, together

AT = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)
HASH = bytes(range(256))[:32]

ROWS: list[tuple[Table, dict[str, Any]]] = [
    (
        tickets,
        {
            "hash": HASH,
            "workspace": "acme",
            "site": "shop",
            "mode": "frame",
            "body": b"\x00\xff",
            "expires_at": AT,
            "used_at": None,
        },
    ),
    (
        workspaces,
        {
            "workspace": "Ünïcode 'quoted' $1 :name",
            "changed": 2**40,
            "active": None,
            "is_paused": True,
            "paused_steps": "[]",
            "is_managed_by_file": False,
        },
    ),
    (
        counts,
        {
            "workspace": "acme",
            "day": date(2026, 2, 28),
            "site": "shop",
            "step": "",
            "kind": "login",
            "lane": 63,
            "n": 0,
        },
    ),
]


def by_core(connection: Connection, table: Table, row: dict[str, Any]) -> list[tuple[Any, ...]]:
    connection.execute(insert(table), row)
    found = [tuple(each) for each in connection.execute(select(table))]
    connection.execute(delete(table))
    return found


def by_prepared(connection: Connection, table: Table, row: dict[str, Any]) -> list[tuple[Any, ...]]:
    assert Prepared(insert(table)).run(connection, **row) == 1
    found = Prepared(select(table)).all(connection)
    assert Prepared(delete(table)).run(connection) == 1
    return found


def by_append(connection: Connection, table: Table, row: dict[str, Any]) -> list[tuple[Any, ...]]:
    Append(table).run(connection, [row])
    Append(table).run(connection, [])
    return Prepared(select(table)).all(connection)


@pytest.mark.parametrize("way", [by_core, by_prepared, by_append])
@pytest.mark.parametrize(("table", "row"), ROWS)
async def test_every_way_keeps_every_type(
    database: Database, way: Any, table: Table, row: dict[str, Any]
) -> None:
    assert await database.write(way, table, row) == [tuple(row.values())]


async def test_a_time_comes_back_in_utc_and_to_the_microsecond(database: Database) -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    row = ROWS[0][1] | {"expires_at": elsewhere, "used_at": datetime(1900, 1, 1, tzinfo=UTC)}
    found = await database.write(by_prepared, tickets, row)
    assert found == [tuple(row.values())]
    assert found[0][5].utcoffset() == timedelta(0)


@pytest.mark.parametrize("way", [by_core, by_prepared, by_append])
async def test_a_time_without_a_zone_is_refused(database: Database, way: Any) -> None:
    with pytest.raises(Exception, match="a time without a time zone"):
        await database.write(way, tickets, ROWS[0][1] | {"expires_at": AT.replace(tzinfo=None)})


CONSUME = Prepared(
    update(tickets)
    .where(tickets.c.hash == bindparam("hash_"), tickets.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
    .returning(tickets.c.body, tickets.c.used_at)
)


async def test_a_returning_statement_answers_once(database: Database) -> None:
    await database.write(Prepared(insert(tickets)).run, **ROWS[0][1])
    assert await database.write(CONSUME.one, hash_=HASH, at=AT) == (b"\x00\xff", AT)
    assert await database.write(CONSUME.one, hash_=HASH, at=AT) is None


async def test_wrong_names_are_refused(database: Database) -> None:
    with pytest.raises(KeyError, match="hash_"):
        await database.write(CONSUME.one, at=AT, hash=HASH)
    for wrong in ({"hash_": HASH}, {"hash_": HASH, "at": AT, "more": 1}):
        with pytest.raises(TypeError, match="2 values"):
            await database.write(CONSUME.one, **wrong)


async def test_find_or_create_does_not_mind_the_second(database: Database) -> None:
    create = Prepared(upsert(subjects).on_conflict_do_nothing())
    person = {"workspace": "acme", "subject": "vera", "version": 1, "body": b""}
    assert await database.write(create.run, **person) == 1
    assert await database.write(create.run, **person) == 0


SAVE = Prepared(
    update(subjects)
    .where(subjects.c.subject == bindparam("who"), subjects.c.version == bindparam("seen"))
    .values(version=subjects.c.version + 1, body=bindparam("now"))
)
EVENTS, COUNTS = Append(events), Append(counts, adding="n")


def save(connection: Connection, seen: int, how_many: int) -> bool:
    happened = [
        {
            "workspace": "acme",
            "subject": "vera",
            "at": AT,
            "id": seen * 100 + n,
            "kind": "edited",
            "step": None,
            "attribute": n,
            "site": "shop",
            "release": 1,
            "details": None,
        }
        for n in range(how_many)
    ]
    counted = ROWS[2][1] | {"n": how_many}
    return together(
        connection,
        SAVE,
        {"who": "vera", "seen": seen, "now": b"now"},
        (EVENTS, happened),
        (COUNTS, [counted]),
    )


async def test_a_save_writes_all_or_nothing(database: Database) -> None:
    person = {"workspace": "acme", "subject": "vera", "version": 1, "body": b""}
    await database.write(Prepared(insert(subjects)).run, **person)
    outcomes = [await database.write(save, seen, n) for seen, n in ((1, 3), (1, 2), (2, 1), (3, 0))]
    assert outcomes == [True, False, True, True]
    happened = await database.read(Prepared(select(events.c.id).order_by(events.c.id)).all)
    assert happened == [(100,), (101,), (102,), (200,)]
    assert await database.read(Prepared(select(counts.c.n)).all) == [(4,)]
    assert await database.read(Prepared(select(subjects.c.version)).all) == [(4,)]
