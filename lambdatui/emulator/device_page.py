"""The page on which a login through Identity Center is approved, in place of the access portal's."""

from __future__ import annotations

from html import escape

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Log in to the embedded AWS</title>
<style>body {{ font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 4rem auto; }} button {{ font: inherit; }}</style>
<h1>Log in to the embedded AWS</h1>
<p>Does the terminal show this code? Nobody's real account is behind it.</p>
<p><input id="code" value="{code}" size="10"> <button id="yes">Approve</button> <button id="no">Deny</button></p>
<p id="outcome" role="status"></p>
<script>
async function answer(agreed) {{
  const sent = await fetch("/_emulator/device", {{
    method: "POST",
    headers: {{"Content-Type": "application/json"}},
    body: JSON.stringify({{user_code: document.getElementById("code").value, agreed: agreed}}),
  }});
  document.getElementById("outcome").textContent = await sent.text();
}}
document.getElementById("yes").onclick = () => answer(true);
document.getElementById("no").onclick = () => answer(false);
</script>
"""


def page(user_code: str) -> str:
    """The page, with a code filled in."""
    return _PAGE.format(code=escape(user_code, quote=True))
