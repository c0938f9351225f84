"""WebDriver BiDi: the browsers' own protocol, as far as our journeys in Firefox need it."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from websockets.sync.client import ClientConnection, connect

Found = TypeVar("Found")
Json = dict[str, Any]
_LONG = 30.0  # seconds; a busy machine is no fault
# Nothing of the browser's own goes over the wire, and nothing is asked or shown at the start.
_QUIET = {
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.ipc.processPrelaunch.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}


class Unknown(Exception):
    """The browser refused a command: mostly because a page went away meanwhile."""


class Bidi:
    """One browser at the other end of a socket; `events` are what it told, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0
        self.events: list[Json] = []
        self.command("session.new", capabilities={})
        self.command("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])
        scoped = {"moz:scope": "chrome"}
        (self._browser, *_) = self.command("browsingContext.getTree", **scoped)["contexts"]

    def command(self, method: str, **parameters: Any) -> Json:
        """Send and wait for the answer. Raises Unknown."""
        self._last += 1
        said = {"id": self._last, "method": method, "params": parameters}
        self._socket.send(json.dumps(said))
        while True:
            heard: Json = json.loads(self._socket.recv(timeout=_LONG))
            if heard["type"] == "event":
                self.events.append(heard)
            elif heard["id"] == self._last:
                break
        if heard["type"] == "error":
            raise Unknown(f"{method}: {heard['error']}: {heard['message']}")
        result: Json = heard["result"]
        return result

    def call(self, context: str, function: str, *arguments: Any) -> Json:
        """What a function of that document's returned, as the protocol writes it."""
        answer = self.command(
            "script.callFunction",
            functionDeclaration=function,
            target={"context": context},
            arguments=[_written(one) for one in arguments],
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise Unknown(str(answer["exceptionDetails"]["text"]))
        result: Json = answer["result"]
        return result

    def prefer(self, preferences: Mapping[str, Any]) -> None:
        """Set preferences of the browser, as its person could; None is the default."""
        for name, value in preferences.items():
            kind = {bool: "setBoolPref", int: "setIntPref"}.get(type(value), "clearUserPref")
            function = f"(name, value) => Services.prefs.{kind}(name, value)"
            self.call(self._browser["context"], function, name, value)


def _written(value: Any) -> Json:
    kinds = {bool: "boolean", int: "number", str: "string"}
    if isinstance(value, dict):  # an element
        return value
    return {"type": "null"} if value is None else {"type": kinds[type(value)], "value": value}


@contextmanager
def firefox() -> Iterator[Bidi]:
    """Debian's Firefox without a window, on a profile of its own."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f'user_pref("{name}", {json.dumps(value)});' for name, value in _QUIET.items())
        Path(profile, "user.js").write_text("\n".join(lines))
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile]
        command += ["--remote-debugging-port", "0", "--remote-allow-system-access"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        try:
            port = until(lambda: _port(Path(profile, "WebDriverBiDiServer.json")), "a Firefox")
            url = f"ws://127.0.0.1:{port}/session"
            with connect(url, max_size=None, compression=None, open_timeout=_LONG) as socket:
                yield Bidi(socket)
        finally:
            process.terminate()
            process.wait(timeout=_LONG)


def _port(file: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(json.loads(file.read_text())["ws_port"])
    return None


def until(probe: Callable[[], Found | None], awaited: str) -> Found:
    """What the probe finds at last; a page that goes away meanwhile is asked again."""
    end, refused = monotonic() + _LONG, ""
    while monotonic() < end:
        try:
            if found := probe():
                return found
        except Unknown as error:
            refused = str(error)
        Event().wait(0.02)
    raise AssertionError(f"waited for {awaited} {refused}")
