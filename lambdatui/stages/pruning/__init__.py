"""Which versions go, what uses those that stay, and the archive that a version comes back from."""
