"""The code of a function: packed, kept, uploaded, fetched and unpacked."""
