"""A server of ListFunctions that does next to nothing else: `python -m tests.bench.list_server COUNT LATENCY_MS`.

Prints its port. Each region has COUNT functions; GetCallerIdentity, GetFunction, ListAliases and GetMetricData are
answered, everything else is 404.
"""

from __future__ import annotations

import json
import re
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "123456789012"
WORDS = ("checkout", "orders", "billing", "search", "mail", "auth", "image", "report", "stock", "price")
PARTS = ("api", "worker", "export", "sync", "hook", "index", "cron", "proxy", "render", "audit")
RUNTIMES = ("python3.13", "nodejs22.x", "java21", "python3.8", "provided.al2023")


def function(number: int, region: str) -> dict[str, object]:
    name = f"{WORDS[number % 10]}-{PARTS[number // 10 % 10]}-{number:05}"
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}",
        "Runtime": RUNTIMES[number % 5],
        "Role": f"arn:aws:iam::{ACCOUNT}:role/{WORDS[number % 10]}",
        "Handler": "app.handler",
        "CodeSize": 1000 + number,
        "Description": f"the {PARTS[number // 10 % 10]} of {WORDS[number % 10]}",
        "Timeout": 3 + number % 60,
        "MemorySize": 128 * (1 + number % 8),
        "LastModified": "2026-11-20T08:00:00.000+0000",
        "CodeSha256": "x" * 44,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": "00000000-0000-4000-8000-000000000000",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }


class Pages:
    """The answers of ListFunctions, made once."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._made: dict[tuple[str, int], bytes] = {}

    def page(self, region: str, start: int) -> bytes:
        key = (region, start)
        if key not in self._made:
            rows = [function(number, region) for number in range(start, min(start + 50, self._count))]
            more = {"NextMarker": str(start + 50)} if start + 50 < self._count else {}
            self._made[key] = json.dumps({"Functions": rows, **more}).encode()
        return self._made[key]


IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/operator/you</Arn><UserId>A:you</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>""".encode()


def serve(count: int, latency: float) -> None:
    pages = Pages(count)
    for start in range(0, count, 50):
        pages.page("eu-west-1", start)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.headers.get("Authorization", ""))
            region, service = scope.groups() if scope else ("eu-west-1", "")
            parts = urlsplit(self.path)
            status, body = 404, b"{}"
            if service == "sts":
                status, body = 200, IDENTITY
            elif service == "monitoring":
                status, body = 200, b'{"MetricDataResults": []}'
            elif parts.path.rstrip("/").endswith("/functions"):
                time.sleep(latency)
                status, body = 200, pages.page(region, int(parse_qs(parts.query).get("Marker", ["0"])[0]))
            elif parts.path.endswith("/aliases"):
                status, body = 200, b'{"Aliases": []}'
            elif found := re.search(r"/functions/[a-z]+-[a-z]+-(\d+)$", parts.path):
                body = json.dumps({"Configuration": function(int(found[1]), region), "Code": {}}).encode()
                status = 200
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body[:1] == b"{" else "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_POST = answer

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that is killed has nothing more to say."""

    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]) / 1000)
