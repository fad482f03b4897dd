"""The demo's world: a shop's functions in two accounts and three regions, with a past that agrees with itself.

`furnishing.furnish` puts it into a cloud. Names and ages are the same each time; dates are relative to now.
"""
