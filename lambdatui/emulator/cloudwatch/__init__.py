"""Amazon CloudWatch: metrics and what is computed from them, and alarms."""
