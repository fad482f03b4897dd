"""Exports orders as they were exported ten years ago. The library that it needs is not in the package."""

import xlwt_legacy


def handler(event, context):
    return xlwt_legacy.export(event)
