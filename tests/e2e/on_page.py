"""What a visitor does on any page, at the pace of a machine that may be slow."""

import time

from playwright.sync_api import Page, TimeoutError, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

# Before its first run, and between two, a page says for a moment that no script runs.
QUIET = """async () => {
  const app = '[data-testid=stApp][data-test-connection-state=CONNECTED]';
  const still = () => document.querySelector(app + '[data-test-script-state=notRunning]');
  for (let checks = 0; checks < 5; checks++) {
    await new Promise((next) => setTimeout(next, 100));
    if (!still()) return false;
  }
  return true;
}"""


def settled(page: Page) -> None:
    """Waits until the page's script has run to its end, and no other follows it."""
    deadline = time.monotonic() + 90
    while not page.evaluate(QUIET):
        assert time.monotonic() < deadline, "The page's script does not end."


def choose(page: Page, box: str, option: str) -> None:
    """Chooses the option of that name in the list that the box opens.

    A page that is drawn anew closes its open lists, as a visitor sees, who opens it again.
    """
    for _ in range(5):
        page.locator(box).click()
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=5_000)
            return
        except TimeoutError:
            page.keyboard.press("Escape")
    raise AssertionError(f"{box} offers no {option!r}.")


def reruns(page: Page) -> list[ClientState]:
    """What the page asks its server to run, from now on; opens before the page does."""
    asked: list[ClientState] = []

    def note(frame: str | bytes) -> None:
        message = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
        if message.HasField("rerun_script"):
            asked.append(message.rerun_script)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", listen)
    return asked
