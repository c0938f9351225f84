import asyncio
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from app.domain.tables import tickets
from app.domain.tickets import Ticket, TicketBody, consume_ticket, issue_ticket, purge_tickets
from app.domain.times import to_milliseconds
from app.lib.db import Database
from app.lib.sealing import Keyring

KEYRING = Keyring.from_secrets(["the only secret of these tests, long"])
BODY = TicketBody(
    sub="vera",
    origin="https://shop.example",
    locale="ar",
    sid="s-1",
    traits={"given_name": "Vera", "seats": 0},
    moment={"on": "login"},
)
TICKET = Ticket("acme", "shop", "frame", BODY)


async def issue(database: Database, at: datetime) -> str:
    return await database.write(issue_ticket, KEYRING, TICKET, at)


async def test_a_ticket_says_what_was_told_when_it_was_issued(
    database: Database, at: datetime
) -> None:
    text = await issue(database, at)
    ticket = await database.write(consume_ticket, KEYRING, text, "frame", at)
    assert ticket == Ticket("acme", "shop", "frame", replace(BODY, issued=to_milliseconds(at)))


async def test_a_ticket_opens_once(database: Database, at: datetime) -> None:
    text = await issue(database, at)
    assert await database.write(consume_ticket, KEYRING, text, "frame", at)
    assert await database.write(consume_ticket, KEYRING, text, "frame", at) is None


async def test_of_many_at_once_in_two_processes_one_gets_in(
    database: Database, database_url: str, at: datetime
) -> None:
    text = await issue(database, at)
    other = Database(database_url)
    await other.open()
    tries = [
        one.write(consume_ticket, KEYRING, text, "frame", at)
        for one in (database, other)
        for _ in range(8)
    ]
    entered = [ticket for ticket in await asyncio.gather(*tries) if ticket]
    await other.close()
    assert len(entered) == 1


@pytest.mark.parametrize(
    ("seconds", "opens"), [(0, True), (59, True), (60, False), (86_400, False)]
)
async def test_a_ticket_lives_a_minute(
    database: Database, at: datetime, seconds: int, opens: bool
) -> None:
    text = await issue(database, at)
    later = at + timedelta(seconds=seconds)
    ticket = await database.write(consume_ticket, KEYRING, text, "frame", later)
    assert (ticket is not None) is opens


async def test_a_ticket_of_another_mode_is_refused_and_stays_unspent(
    database: Database, at: datetime
) -> None:
    text = await issue(database, at)
    assert await database.write(consume_ticket, KEYRING, text, "hosted", at) is None
    assert await database.write(consume_ticket, KEYRING, text, "frame", at)


@pytest.mark.parametrize("text", ["", "x", "A" * 43, "é" * 43, "A" * 10_000, "' OR 1=1 --"])
async def test_what_was_never_issued_is_no_ticket(
    database: Database, at: datetime, text: str
) -> None:
    await issue(database, at)
    assert await database.write(consume_ticket, KEYRING, text, "frame", at) is None


async def test_neither_the_ticket_nor_the_person_can_be_read_in_the_table(
    database: Database, at: datetime
) -> None:
    text = await issue(database, at)
    (row,) = await database.read(stored)
    assert not [word for word in (text, "vera", "Vera", "s-1") if word.encode() in b"".join(row)]


async def test_a_body_moved_to_another_ticket_does_not_open(
    database: Database, at: datetime
) -> None:
    first, second = await issue(database, at), await issue(database, at)
    await database.write(swap_bodies)
    assert await database.write(consume_ticket, KEYRING, first, "frame", at) is None
    assert await database.write(consume_ticket, KEYRING, second, "frame", at) is None


async def test_expired_tickets_are_purged_and_live_ones_stay(
    database: Database, at: datetime
) -> None:
    await issue(database, at - timedelta(minutes=5))
    alive = await issue(database, at)
    assert await database.write(purge_tickets, at) == 1
    assert await database.write(consume_ticket, KEYRING, alive, "frame", at)


def test_a_ticket_is_not_shown_with_what_it_says() -> None:
    assert repr(BODY) == "TicketBody(step)"


def stored(connection: Connection) -> list[tuple[bytes, bytes]]:
    return [(row.hash, row.body) for row in connection.execute(select(tickets))]


def swap_bodies(connection: Connection) -> None:
    (one, its), (other, others) = stored(connection)
    for key, body in ((one, others), (other, its)):
        connection.execute(tickets.update().where(tickets.c.hash == key).values(body=body))
