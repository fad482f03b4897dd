"""CloudTrail's event history: what was done in an account, by whom, from where, with what outcome."""
