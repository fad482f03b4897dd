"""`python -m lambdatui`, and what the `lambdatui` command runs."""


def main() -> None:
    """Runs the command line. Exits with the documented status: 0, 1, 2, 3, 4 or 130."""
    from lambdatui.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
