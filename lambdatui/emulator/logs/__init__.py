"""Amazon CloudWatch Logs: groups, streams and events, filter patterns, Logs Insights, Live Tail."""
