"""``python -m tourdetable`` does what the command ``tourdetable`` does."""

from tourdetable.cli import main

if __name__ == "__main__":
    main()
