"""Gathers what a page of the shop needs from the services behind it."""

import random
import time

PAGES = ("home", "search", "product", "basket")


def handler(event, context):
    page = event.get("page") or random.choice(PAGES)
    time.sleep(random.lognormvariate(-3.9, 0.5))  # some 20 ms
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    print(f"{moment}.{int(time.time() * 1000) % 1000:03d}Z\t{context.aws_request_id}\tINFO\tpage {page} gathered")
    return {"statusCode": 200, "body": f"<h1>{page}</h1>"}
