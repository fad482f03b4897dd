"""What the handlers of the demo write to their logs: the lines between Lambda's own, as their code writes them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

from lambdatui.emulator.engine.platform_log import iso_time

_SPACE = "\u00a0"  # AWS's runtime for Python indents tracebacks with it

Voice = Callable[[random.Random, str, float, bool], Sequence[str]]
"""The lines of an invocation: told chance, the request id, the time in epoch seconds, and whether it fails."""


def _python(level: str, request_id: str, time: float, text: str) -> str:
    return f"[{level}]\t{iso_time(time)}\t{request_id}\t{text}"


def _node(level: str, request_id: str, time: float, text: str) -> str:
    return f"{iso_time(time)}\t{request_id}\t{level}\t{text}"


def _traceback(error: str, *frames: tuple[str, int, str, str]) -> str:
    lines = [f"[ERROR] {error}", "Traceback (most recent call last):"]
    for file, line, name, code in frames:
        lines += [f'{_SPACE * 2}File "/var/task/{file}", line {line}, in {name}', f"{_SPACE * 4}{code}"]
    return "\n".join(lines)


def _order(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    order = f"o-{chance.getrandbits(24):06x}"
    lines = []
    if chance.random() < 0.01:
        lines.append(_python("WARNING", request_id, time, f"order {order}: no warehouse answered, attempt 1"))
    if fails:
        trace = _traceback(
            "KeyError: 'currency'",
            ("app.py", 32, "handler", "total = net + tax.amount(net, country, warehouse)"),
            ("tax.py", 18, "amount", 'if zone["currency"] != "EUR":'),
        )
        return [*lines, trace]
    total = chance.choice(("20.47", "20.64", "20.81", "20.99"))
    return [*lines, _python("INFO", request_id, time, f"order {order}: total {total} EUR")]


def _worker(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    orders = chance.choices(("20.47", "20.64", "20.81", "20.99"), k=chance.randint(1, 3))
    return [
        _node("INFO", request_id, time, f"order o-{chance.getrandbits(24):06x} settled, {total} EUR")
        for total in orders
    ]


def _page(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    page = chance.choice(("home", "search", "product", "basket"))
    return [_node("INFO", request_id, time, f"page {page} gathered")]


def _search(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    words, hits = chance.choice(("mug", "tea", "kettle", "spoon", "honey")), chance.randrange(0, 60)

    def line(level: str, message: str, **more: object) -> str:
        head = {"timestamp": iso_time(time), "level": level, "message": message, "logger": "root"}
        return json.dumps({**head, "requestId": request_id, **more})

    found = line("INFO", "searched", words=words, hits=hits, ms=round(chance.lognormvariate(3.2, 0.5), 1))
    return [found] if hits else [found, line("WARNING", "nothing found", words=words)]


def _card(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    return [_python("INFO", request_id, time, f"authorized {chance.uniform(5, 90):.2f} EUR in 27")]


def _stock(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    asking = _python("INFO", request_id, time, "asking supplier.example for stock")
    if fails:
        trace = _traceback(
            "ConnectionError: supplier.example: connection refused",
            ("app.py", 20, "handler", "articles = fetch()"),
            ("app.py", 14, "fetch", 'raise ConnectionError("supplier.example: connection refused")'),
        )
        return [asking, trace]
    return [asking, _python("INFO", request_id, time, f"{chance.randrange(200, 900)} articles updated")]


def _pages(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    pages = chance.randint(3, 6)
    return [
        _python("INFO", request_id, time, f"page {page} of {pages}, {15_000 - page * 950} ms left")
        for page in range(1, pages + 1)
    ]


def _import(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    message = "Unable to import module 'app': No module named 'xlwt_legacy'"
    return [f"[ERROR] Runtime.ImportModuleError: {message}\nTraceback (most recent call last):"]


def _hostile(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    return [
        "[bold red]50 % OFF[/bold red] [link=https://example.org]click[/link] [@click=app.quit]now[/]",
        "\x1b]0;pwned\x07\x1b[2J\x1b[H",
        "\x1b[31mred\x1b[0m \x1b[5mblinking\x1b[0m",
    ]


def _partner(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    if fails:
        trace = _traceback(
            "TimeoutError: partner harbour did not answer",
            ("app.py", 15, "handler", 'raise TimeoutError(f"partner {partner} did not answer")'),
        )
        return [trace]
    return [_python("INFO", request_id, time, f"told partner {chance.choice(('north', 'south'))}")]


def _model(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    return [_python("INFO", request_id, time, "model of 20000 weights asked")]


def _java(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    return [f"{iso_time(time)} {request_id} INFO  handled in {chance.randint(2, 90)} steps"]


def _plain(chance: random.Random, request_id: str, time: float, fails: bool) -> Sequence[str]:
    return [_python("INFO", request_id, time, "done")]


VOICES: dict[str, Voice] = {
    "order": _order,
    "worker": _worker,
    "page": _page,
    "search": _search,
    "card": _card,
    "stock": _stock,
    "pages": _pages,
    "import": _import,
    "hostile": _hostile,
    "partner": _partner,
    "model": _model,
    "java": _java,
    "plain": _plain,
}
