"""The filter patterns of FilterLogEvents, Live Tail and TestMetricFilter.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""
