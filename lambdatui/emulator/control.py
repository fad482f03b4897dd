"""The embedded AWS's own paths, below `/_emulator/`: health, faults, clock, calls, and the code that URLs lead to.

A page in a browser must not be able to use them: what changes anything takes `application/json` only, which a page
cannot send to another host without asking, and the front refuses a Host that is not this machine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.device_page import page
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.wire.http import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud


class Control:
    """Answers what comes in below `/_emulator/`.

    - `GET health`: `{"status": "ok", "now": epoch seconds}`
    - `GET faults`, `POST faults` (a fault, see faults.Fault; answers its number), `DELETE faults` and `faults/NUMBER`
    - `POST clock` (`{"advance": seconds}`): moves the clock ahead
    - `GET calls?since=NUMBER&account=ID`: the calls answered, `DELETE calls` forgets them
    - `GET device?user_code=CODE`: the page on which a login is approved; `POST device` answers the login
      (`{"user_code": CODE, "agreed": true}`), `DELETE device` ends every token and every role's keys
    - `GET content/TOKEN`: a deployment package or a layer, as long as its URL is valid
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request of one of these paths."""
        what, _, rest = request.path.removeprefix("/_emulator/").strip("/").partition("/")
        if request.method != "GET" and not request.headers.get("content-type", "").startswith("application/json"):
            return _refusal(415, "Content-Type: application/json was expected.")
        route = getattr(self, f"_{request.method.lower()}_{what}", None) if what.isidentifier() else None
        if route is None:
            return _refusal(404, f"{request.method} {request.path}: there is no such thing here.")
        try:
            answer: HttpAnswer = route(request, rest)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return _refusal(400, str(error))
        return answer

    def _get_health(self, request: HttpRequest, rest: str) -> HttpAnswer:
        return _json({"status": "ok", "now": self._cloud.clock.now()})

    def _get_faults(self, request: HttpRequest, rest: str) -> HttpAnswer:
        return _json(self._cloud.faults.as_json())

    def _post_faults(self, request: HttpRequest, rest: str) -> HttpAnswer:
        return _json({"number": self._cloud.faults.add(Fault.from_json(json.loads(request.body)))}, 201)

    def _delete_faults(self, request: HttpRequest, rest: str) -> HttpAnswer:
        if rest:
            self._cloud.faults.remove(int(rest))
        else:
            self._cloud.faults.clear()
        return HttpAnswer(204)

    def _post_clock(self, request: HttpRequest, rest: str) -> HttpAnswer:
        return _json({"now": self._cloud.clock.advance(float(json.loads(request.body)["advance"]))})

    def _get_calls(self, request: HttpRequest, rest: str) -> HttpAnswer:
        query = request.query
        account = query.get("account", [None])[0]
        return _json(self._cloud.calls.as_json(int(query.get("since", ["0"])[0]), account))

    def _delete_calls(self, request: HttpRequest, rest: str) -> HttpAnswer:
        self._cloud.calls.clear()
        return HttpAnswer(204)

    def _get_device(self, request: HttpRequest, rest: str) -> HttpAnswer:
        text = page(request.query.get("user_code", [""])[0])
        return HttpAnswer(200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())

    def _post_device(self, request: HttpRequest, rest: str) -> HttpAnswer:
        answer = json.loads(request.body)
        agreed = answer.get("agreed", True) is True
        if not self._cloud.identity_center.approve(str(answer["user_code"]), agreed):
            return _refusal(404, "No login waits for this code.")
        words = "Approved: the terminal goes on." if agreed else "Denied."
        return HttpAnswer(200, {"Content-Type": "text/plain; charset=utf-8"}, words.encode())

    def _delete_device(self, request: HttpRequest, rest: str) -> HttpAnswer:
        self._cloud.identity_center.expire()
        return HttpAnswer(204)

    def _get_content(self, request: HttpRequest, rest: str) -> HttpAnswer:
        content = self._cloud.content.open(rest)
        if content is None:
            return _refusal(403, "Request has expired, or is not one of ours.")
        return HttpAnswer(200, {"Content-Type": "application/zip"}, content)


def _json(document: Any, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def _refusal(status: int, sentence: str) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{sentence}\n".encode())
