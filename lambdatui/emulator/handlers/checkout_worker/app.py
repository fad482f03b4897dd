"""Settles the orders that come through the queue. Those that it cannot settle go back to it."""

import json
import random
import time


def handler(event, context):
    failures = []
    for record in event.get("Records", []):
        order = json.loads(record["body"])
        time.sleep(random.lognormvariate(-3.5, 0.4))  # some 30 ms
        if order.get("total") is None:
            say(context, "ERROR", f"order {order.get('order')} has no total")
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            say(context, "INFO", f"order {order['order']} settled, {order['total']} EUR")
    return {"batchItemFailures": failures}


def say(context, level, text):
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    print(f"{moment}.{int(time.time() * 1000) % 1000:03d}Z\t{context.aws_request_id}\t{level}\t{text}")
