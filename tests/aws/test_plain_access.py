"""Plain access to AWS says what botocore would say, or says no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatui.aws import plain_access, plain_listing
from lambdatui.aws.plain_access import Access
from lambdatui.aws.scope import Scope
from lambdatui.aws.signing import Credentials, Signer, query_string
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from tests.emulator.clients import make_function

KEYS = "aws_access_key_id = AKID\naws_secret_access_key = secret\n"

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


def write(home: Path, config: str = "", credentials: str = "") -> None:
    (home / "aws-config").write_text(config)
    (home / "aws-credentials").write_text(credentials)


def by_botocore(profile: str | None, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Access:
    """Where botocore would go for Lambda, and with which keys."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session(profile=profile)
    found = session.get_credentials()
    region = environ.get("AWS_REGION") or session.get_config_variable("region")
    client = session.create_client("lambda", region_name=region)
    verify = client._endpoint.http_session._verify
    return Access(
        Scope(profile or "", region),
        client.meta.endpoint_url,
        Credentials(found.access_key, found.secret_key, found.token),
        verify if isinstance(verify, str) else "",
    )


CASES: dict[str, tuple[str, str, dict[str, str], str | None]] = {
    "variables": ("", "", {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"}, None),
    "variables with a token": (
        "",
        "",
        {
            "AWS_ACCESS_KEY_ID": "A",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_SESSION_TOKEN": "t",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        None,
    ),
    "default profile": ("[default]\nregion = eu-north-1\n", f"[default]\n{KEYS}", {}, None),
    "a profile by variable": ("[profile dev]\nregion = sa-east-1\n", f"[dev]\n{KEYS}", {"AWS_PROFILE": "dev"}, None),
    "a profile by name beats variables": (
        "[profile dev]\nregion = sa-east-1\n",
        f"[dev]\n{KEYS}",
        {"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "other"},
        "dev",
    ),
    "keys in the config file": (f"[profile dev]\nregion = us-west-2\n{KEYS}", "", {}, "dev"),
    "an endpoint of a profile": (
        f"[profile dev]\nregion = us-west-2\nendpoint_url = http://127.0.0.1:4566\n{KEYS}",
        "",
        {},
        "dev",
    ),
    "an endpoint by variable": (
        f"[default]\nregion = us-west-2\n{KEYS}",
        "",
        {"AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:1", "AWS_ENDPOINT_URL": "http://127.0.0.1:2"},
        None,
    ),
    "authorities by variable": (
        f"[default]\nregion = us-west-2\n{KEYS}",
        "",
        {"AWS_CA_BUNDLE": "/tmp/a.pem", "REQUESTS_CA_BUNDLE": "/tmp/b.pem"},
        None,
    ),
    "a region by variable beats the profile's": (
        "[profile dev]\nregion = sa-east-1\n",
        f"[dev]\n{KEYS}",
        {"AWS_REGION": "eu-west-3"},
        "dev",
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda name: name)
def test_it_goes_where_botocore_goes(case: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, credentials, environ, profile = CASES[case]
    write(home, config, credentials)
    expected = by_botocore(profile, environ, monkeypatch)
    found = plain_access.find(Settings(profile=profile), "lambda")
    assert found == [expected]


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ("[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n", {}),
        ("[default]\nregion = eu-west-1\nsso_session = corp\n", {}),
        ("[default]\nregion = eu-west-1\ncredential_process = /bin/keys\n", {}),
        (f"[default]\nregion = eu-west-1\nuse_fips_endpoint = true\n{KEYS}", {}),
        (f"[default]\nregion = eu-west-1\nservices = mine\n{KEYS}", {}),
        (f"[default]\nregion = cn-north-1\n{KEYS}", {}),
        (f"[default]\nregion = us-gov-west-1\n{KEYS}", {}),
        (f"[default]\nregion = us-iso-east-1\n{KEYS}", {}),
        (f"[default]\n{KEYS}", {}),
        (f"[default]\nregion = eu-west-1\n{KEYS}", {"HTTPS_PROXY": "http://proxy:3128"}),
        (f"[default]\nregion = eu-west-1\n{KEYS}", {"AWS_USE_FIPS_ENDPOINT": "true"}),
        (f"[default]\nregion = eu-west-1\n{KEYS}", {"AWS_PROFILE": "nosuch"}),
        ("[default]\nregion = eu-west-1\naws_access_key_id = half\n", {}),
        ("not an ini file at all", {}),
    ],
)
def test_what_is_not_plain_is_left_to_botocore(
    home: Path, monkeypatch: pytest.MonkeyPatch, config: str, environ: dict[str, str]
) -> None:
    write(home, config)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert plain_access.find(Settings(), "lambda") is None


def test_one_scope_that_is_not_plain_is_enough(home: Path) -> None:
    write(home, f"[profile a]\nregion = eu-west-1\n{KEYS}[profile b]\nregion = eu-west-1\nsso_session = corp\n")
    assert plain_access.find(Settings(profiles={"a": Profile()}), "lambda") is not None
    assert plain_access.find(Settings(profiles={"a": Profile(), "b": Profile()}), "lambda") is None
    role = Profile(role_arn="arn:aws:iam::123456789012:role/x")
    assert plain_access.find(Settings(profiles={"a": role}), "lambda") is None


def test_every_profile_and_region(home: Path) -> None:
    write(home, f"[profile a]\nregion = eu-west-1\n{KEYS}[profile b]\nregion = eu-west-3\n{KEYS}")
    given_settings = Settings(profiles={"a": Profile(regions=("us-east-1", "us-west-2")), "b": Profile()})
    found = plain_access.find(given_settings, "lambda")
    assert found is not None
    assert [access.scope for access in found] == [("a", "us-east-1"), ("a", "us-west-2"), ("b", "eu-west-3")]


@settings(max_examples=300)
@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    parts=st.lists(texts, min_size=1, max_size=4),
    query=st.dictionaries(st.text("ABCabc:/+ é", min_size=1, max_size=8), texts, max_size=3),
    headers=st.dictionaries(
        st.sampled_from(["x-amz-log-type", "x-amz-client-context", "content-type"]),
        st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=20),
    ),
    body=st.binary(max_size=50),
    token=st.none() | st.text("abcXYZ09+/=", min_size=1, max_size=30),
)
def test_the_signature_is_botocores(
    method: str, parts: list[str], query: dict[str, str], headers: dict[str, str], body: bytes, token: str | None
) -> None:
    path = "/" + "/".join(quote(part, safe="-_.~") for part in parts if part not in ("", ".", ".."))
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    keys = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    host = "lambda.eu-west-1.amazonaws.com"
    ours = Signer(keys, "lambda", "eu-west-1").headers(method, host, path, query, headers, body, now.timestamp())
    url = f"https://{host}{path}" + (f"?{query_string(query)}" if query else "")
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    auth = SigV4Auth(BotocoreCredentials(*keys), "lambda", "eu-west-1")
    request.context["timestamp"] = ours["X-Amz-Date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
    request.headers["host"] = host
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    signed = ";".join(sorted(name.lower() for name in auth.headers_to_sign(request)))
    assert ours["Authorization"].endswith(f"SignedHeaders={signed}, Signature={auth.signature(to_sign, request)}")


def access_to(emulator: Emulator, account_id: str) -> Access:
    return Access(Scope("", "eu-west-1"), emulator.endpoint, Credentials(access_key_of(account_id), "unchecked"))


def test_pages_come_as_they_are_read(emulator: Emulator, aws: object, account_id: str) -> None:
    client = aws("lambda")  # type: ignore[operator]
    for number in range(53):
        make_function(client, f"f-{number:02}")
    pages = list(plain_listing.pages(access_to(emulator, account_id)))
    assert [len(page.records) for page in pages] == [50, 3]
    assert [page.more for page in pages] == [True, False]
    assert {record.account_id for page in pages for record in page.records} == {account_id}


@pytest.mark.parametrize("effect", ["throttle", "internal-error", "expired-token", "cut-before-work", "cut-after-work"])
def test_whatever_is_no_plain_answer_ends_it_with_the_place(
    emulator: Emulator, aws: object, account_id: str, effect: str
) -> None:
    client = aws("lambda")  # type: ignore[operator]
    for number in range(51):
        make_function(client, f"f-{number:02}")
    emulator.cloud.faults.add(Fault(effect, "lambda", "ListFunctions", account_id, after=1, times=1))
    pages = plain_listing.pages(access_to(emulator, account_id))
    first = next(pages)
    with pytest.raises(plain_listing.NotPlain) as stopped:
        next(pages)
    assert stopped.value.marker == first.marker
