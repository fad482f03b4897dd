"""The banner of the week, as marketing wrote it: full of what a terminal and a markup language would act upon."""

BANNER = "[bold red]50 % OFF[/bold red] [link=https://example.org]click[/link] [@click=app.quit]now[/]"
TITLE = "\x1b]0;pwned\x07"
CLEAR = "\x1b[2J\x1b[H"
ALARM = "\x07\x07"
COLOURS = "\x1b[31mred\x1b[0m \x1b[5mblinking\x1b[0m \x9b31mC1\x9b0m"
SPOOF = "all fine\rREPORT RequestId: 00000000 Duration: 0.00 ms"
BIDI = "abc \u202egnp.exe\u202c and \u2066isolated\u2069"
FORMAT = "{0.__class__} %s %n $(id) `id` ${HOME}"


def handler(event, context):
    for text in (BANNER, TITLE + CLEAR, ALARM, COLOURS, SPOOF, BIDI, FORMAT):
        print(text)
    return {"banner": BANNER, "title": TITLE, "clear": CLEAR, "spoof": SPOOF, "bidi": BIDI, "format": FORMAT}
