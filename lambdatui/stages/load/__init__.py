"""Many invocations as one run: when each is sent, with what, and what they add up to."""
