"""The operator's browser, where there is one that does not take over the terminal."""

from __future__ import annotations

import re
import webbrowser

from lambdatui.errors import LambdatuiError


def open_page(url: str) -> None:
    """Opens a web page. Raises LambdatuiError where no browser can, or the URL is not one of a page.

    Blocks while the browser starts: for worker threads.
    """
    if not re.match(r"https?://[^\s]+$", url):
        raise LambdatuiError("What AWS gave is not the address of a web page.")
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        raise LambdatuiError("There is no browser on this machine.", "Open the page on any other.") from None
    if type(browser) is webbrowser.GenericBrowser:
        # lynx, w3m and the like draw on this terminal
        raise LambdatuiError("The browser on this machine is one of the terminal.", "Open the page on any other.")
    try:
        is_open = browser.open(url)
    except (OSError, webbrowser.Error):
        is_open = False
    if not is_open:
        raise LambdatuiError("The browser did not start.", "Open the page on any other machine.")
