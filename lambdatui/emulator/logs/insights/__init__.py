"""Logs Insights: its query language, the part of it that queries on functions use.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""
