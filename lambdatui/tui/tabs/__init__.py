"""The tabs of the function view: one subject a file. Each reads only when it is opened, and says when it was read."""
