"""Moving an alias to another version with care: probed first (blue/green), or step by step behind gates (gradual)."""
