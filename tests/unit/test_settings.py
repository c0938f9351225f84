"""What the environment may say, and what is answered when it is wrong."""

from ipaddress import ip_network

import pytest

from app.settings import Network, Settings, SettingsError

SECRET = "b3f9c2a7e1d84650-b3f9c2a7e1d84650"


def settings(**environ: str) -> Settings:
    return Settings.from_environment(environ)


def test_an_empty_environment_serves_this_machine_from_sqlite() -> None:
    found = settings()
    assert (found.url, found.host, found.port) == ("http://localhost:8000", "127.0.0.1", 8000)
    assert found.database_url == "sqlite:///var/askonce.db"
    assert (found.sqlite_synchronous, found.development) == ("FULL", False)


def test_an_empty_variable_is_an_absent_one() -> None:
    assert settings(PORT="", DATABASE_URL=" ") == settings()


def test_our_origin_follows_the_port() -> None:
    assert settings(PORT="8100").url == "http://localhost:8100"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("postgres://a:b@db/x", "postgresql+asyncpg://a:b@db/x"),
        ("postgresql://a:b@db/x?ssl=require", "postgresql+asyncpg://a:b@db/x?ssl=require"),
        ("postgresql+asyncpg://db/x", "postgresql+asyncpg://db/x"),
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ],
)
def test_a_database_is_named_as_people_name_it(said: str, meant: str) -> None:
    assert settings(DATABASE_URL=said).database_url == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("https://Ask.Example/", "https://ask.example"),
        ("https://ask.example:8443", "https://ask.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_our_address_is_an_origin(said: str, meant: str) -> None:
    assert settings(ASKONCE_URL=said).url == meant


def test_several_secrets_are_a_rotation() -> None:
    assert settings(ASKONCE_SECRET=f"{SECRET}, {SECRET}x\n{SECRET}y").secrets == (
        SECRET,
        SECRET + "x",
        SECRET + "y",
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [("off", None), ("0.0.0.0:9000", ("0.0.0.0", 9000)), ("[::1]:9000", ("::1", 9000))],
)
def test_metrics_have_an_address_of_their_own_or_none(
    said: str, meant: tuple[str, int] | None
) -> None:
    assert settings(ASKONCE_METRICS=said).metrics == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("none", ()),
        ("10.0.0.0/8", (ip_network("10.0.0.0/8"),)),
        ("10.0.0.7, fd00::/8", (ip_network("10.0.0.7/32"), ip_network("fd00::/8"))),
    ],
)
def test_proxies_are_named_by_address_or_network(said: str, meant: tuple[Network, ...]) -> None:
    assert settings(ASKONCE_TRUSTED_PROXIES=said).trusted_proxies == meant


def test_while_nobody_named_a_proxy_that_is_known() -> None:
    assert settings().trusted_proxies is None


def test_each_limit_may_be_another_or_none() -> None:
    one = settings(ASKONCE_LIMIT_ADDRESS="7", ASKONCE_LIMIT_PERSON="off")
    assert (one.limit_address, one.limit_person) == (7, 0)
    other = settings(ASKONCE_LIMIT_REFUSED="off", ASKONCE_LIMIT_SITE="9")
    assert (other.limit_refused, other.limit_site) == (0, 9)
    assert (other.limit_address, other.limit_person) == (100, 10)


WRONG = [
    ("ASKONCE_TRUSTED_PROXIES", "hunter2", "must be addresses or networks, like 10.0.0.0/8"),
    ("ASKONCE_TRUSTED_PROXIES", "10.0.0.1/8", "must be addresses or networks, like 10.0.0.0/8"),
    ("ASKONCE_LIMIT_ADDRESS", "0", "must be a number from 1 to 999999."),
    ("ASKONCE_LIMIT_PERSON", "many", "must be a number from 1 to 999999."),
    ("PORT", "80a", "must be a number from 1 to 65535."),
    ("PORT", "70000", "must be a number from 1 to 65535."),
    ("PORT", "٨٠", "must be a number from 1 to 65535."),
    ("ASKONCE_WORKERS", "0", "must be a number from 1 to 256."),
    ("DATABASE_URL", "mysql://root:hunter2@db", "must begin with sqlite:///, postgresql:// or"),
    ("DATABASE_URL", "hunter2", "must begin with sqlite:///, postgresql:// or"),
    ("ASKONCE_URL", "ask.example", "must be an origin, like https://ask.example."),
    ("ASKONCE_URL", "ftp://ask.example", "must be an origin, like https://ask.example."),
    ("ASKONCE_URL", "https://ask.example:99999", "is not an address that can be read."),
    ("ASKONCE_URL", "https://ask.example/x", "must be an origin alone, without path"),
    ("ASKONCE_URL", "https://me:hunter2@ask.example", "must be an origin alone, without path"),
    ("ASKONCE_URL", "http://ask.example", "must begin with https:// (http:// only on this"),
    ("ASKONCE_SECRET", "hunter2", "holds a secret of less than 32 random characters."),
    ("ASKONCE_SECRET", "hunter" * 20, "holds a secret of less than 32 random characters."),
    ("ASKONCE_SECRET", f"{SECRET} hunter2", "holds a secret of less than 32 random characters."),
    ("ASKONCE_METRICS", "9464", "must be an address and a port, like 127.0.0.1:9464, or off."),
    ("ASKONCE_LOG_LEVEL", "loud", "must be one of debug, info, warning, error."),
    ("ASKONCE_SQLITE_SYNCHRONOUS", "OFF", "must be one of FULL, NORMAL."),
    ("ASKONCE_DEVELOPMENT", "maybe", "must be one of 1, 0."),
]


@pytest.mark.parametrize(("name", "value", "answer"), WRONG)
def test_a_wrong_value_is_named_by_its_variable_alone(name: str, value: str, answer: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{name: value})
    assert str(caught.value).startswith(f"{name} {answer}")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_without_a_secret_nothing_is_sealed() -> None:
    with pytest.raises(SettingsError, match=r"^ASKONCE_SECRET is not set: give it"):
        settings().need_secrets()
    assert settings(ASKONCE_SECRET=SECRET).need_secrets() == (SECRET,)


def test_what_is_secret_is_not_shown() -> None:
    shown = repr(settings(ASKONCE_SECRET=SECRET, DATABASE_URL="postgres://a:hunter2@db/x"))
    assert SECRET not in shown
    assert "hunter2" not in shown
