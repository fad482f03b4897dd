"""A function's own settings: how a file names them, what AWS calls them, what is wrong with them."""
