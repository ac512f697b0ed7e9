"""Screenshots of a running Odoo, taken with Chromium over its DevTools protocol.

A shot is a dictionary: `name` of the .png, `path` to open ("/odoo/…"), and optionally `size`
([1440, 900]), `full` (the whole page, not only what the size shows), `mobile` (a touch phone), and
`steps`, done in order before the picture:
    {"wait": "css"}      until an element is there
    {"click": "css"}     click the first such element, once it is there
    {"js": "…"}          run JavaScript; a promise is awaited
    {"sleep": 0.5}       seconds, for animations
"""

import base64
import contextlib
import http.cookiejar
import io
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from . import system_packages
from .steps import StepFailed, say

SIZE = (1440, 900)
PATIENCE_SECONDS = 30
POLL_SECONDS = 0.1
SETTLE_SECONDS = 0.5
COLORS = 192
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # Chromium refuses to run as root with one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--lang=en-US",
    "--remote-allow-origins=*",
    "--remote-debugging-port=0",
)
# A page is ready when its web client shows something and waits for nothing.
READY = """
    document.readyState === "complete"
    && !document.querySelector("body.o_web_client:not(:has(.o_action_manager > *))")
    && !document.querySelector(".o_loading_indicator, .o_blockUI")
    && [...document.images].every((image) => image.complete || image.loading === "lazy")
"""


def take(url, database, shots, folder, login="admin", password="admin"):
    """Take all shots of the server at `url` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as page:
        page.log_in(url, database, login, password)
        for shot in shots:
            target = folder / f"{shot['name']}.png"
            target.write_bytes(_shrink(page.shoot(url, shot)))
            say(f"    {target}")


def _shrink(image):
    """The PNG with a palette: a third of the size, and no difference to the eye."""
    from PIL import Image

    with Image.open(io.BytesIO(image)) as picture, io.BytesIO() as small:
        picture.convert("RGB").quantize(COLORS).save(small, "PNG", optimize=True)
        return small.getvalue()


@contextlib.contextmanager
def browser():
    """A headless Chromium with a profile of its own; yields its page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [_program(), *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as process:
            try:
                page = Page(_debugging_port(Path(profile)))
                yield page
                page.send("Browser.close")
                process.wait(PATIENCE_SECONDS)
            finally:
                process.terminate()


def _program():
    names = system_packages.PROGRAMS["chromium"]
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise StepFailed("there is no Chromium on this machine", "`make test` names the command.")
    return found


def _debugging_port(profile):
    """Chromium writes the port that it chose to a file in its profile."""
    file = profile / "DevToolsActivePort"
    _wait_for("Chromium to start", lambda: file.exists() and "\n" in file.read_text())
    return file.read_text().split("\n")[0]


def _wait_for(what, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise StepFailed(f"waited {PATIENCE_SECONDS} s for {what}")
        time.sleep(POLL_SECONDS)


class Page:
    """A browser tab, spoken to over its DevTools websocket."""

    def __init__(self, port):
        self.port = port
        self.numbers = itertools.count(1)
        self.open()

    def open(self):
        """Go on in a new tab: the last one may ask whether to leave something unsaved."""
        import websocket

        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new", method="PUT")
        with urllib.request.urlopen(request) as answer:
            address = json.load(answer)["webSocketDebuggerUrl"]
        self.socket = websocket.create_connection(address, timeout=PATIENCE_SECONDS)

    def send(self, method, **params):
        """Send a command and return its result; events in between are dropped."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                break
        if "error" in answer:
            raise StepFailed(f"Chromium refused {method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, script):
        """The value of a JavaScript expression in the page."""
        options = {"awaitPromise": True, "returnByValue": True, "userGesture": True}
        result = self.send("Runtime.evaluate", expression=script, **options)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise StepFailed(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def log_in(self, url, database, login, password):
        """Open a session as a user, without the login page."""
        session = log_in(url, database, login, password)
        self.send("Network.setCookie", name="session_id", value=session, url=url)

    def shoot(self, url, shot):
        """The picture of one shot as PNG bytes."""
        width, height = shot.get("size", SIZE)
        self.open()
        self._resize(width, height, shot.get("mobile", False))
        self.send("Page.navigate", url=url + shot["path"])
        self.settle()
        for step in shot.get("steps", ()):
            self._do(step)
        if shot.get("full"):
            height = max(height, self.evaluate(FULL_HEIGHT))
            self._resize(width, height, shot.get("mobile", False))
            self.settle()
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    def _resize(self, width, height, mobile):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.send("Emulation.setDeviceMetricsOverride", **metrics)
        self.send("Emulation.setTouchEmulationEnabled", enabled=mobile)

    def settle(self):
        """Wait until the page is ready and stays so for a moment."""
        _wait_for("the page to load", lambda: self.evaluate(READY))
        time.sleep(SETTLE_SECONDS)
        _wait_for("the page to settle", lambda: self.evaluate(READY))

    def _do(self, step):
        """Carry out one of a shot's steps."""
        ((kind, what),) = step.items()
        if kind == "sleep":
            time.sleep(what)
        elif kind == "js":
            self.evaluate(f"(async () => {{ {what} }})()")
            self.settle()
        else:
            found = f"document.querySelector({json.dumps(what)})"
            _wait_for(what, lambda: self.evaluate(f"!!{found}"))
            if kind == "click":
                self.evaluate(f"{found}.click()")
                self.settle()


# The web client scrolls inside itself: add what its tallest scrolling part hides.
FULL_HEIGHT = """
    innerHeight + Math.max(0, ...[...document.querySelectorAll("*")]
        .filter((element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowY))
        .map((element) => element.scrollHeight - element.clientHeight))
"""


def log_in(url, database, login, password):
    """The id of a new session of a user."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    params = {"db": database, "login": login, "password": password}
    answer = _call(opener, f"{url}/web/session/authenticate", params)
    if not answer.get("result", {}).get("uid"):
        raise StepFailed(f"{login} cannot log in to {database} at {url}")
    return next(cookie.value for cookie in jar if cookie.name == "session_id")


def _call(opener, url, params):
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with opener.open(request) as answer:
        return json.load(answer)
