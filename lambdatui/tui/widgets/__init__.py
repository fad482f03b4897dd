"""What the screens are made of. A widget never reaches up: it posts messages that say what happened."""
