"""``python -m excise`` is the command line."""

from excise.cli import main

if __name__ == "__main__":
    main()
