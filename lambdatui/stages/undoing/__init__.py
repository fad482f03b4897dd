"""How a call is taken back, and how what it changed is remembered for that."""
