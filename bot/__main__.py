"""`python -m bot` is `sipas`. Thin, because the drawing process starts from this file too."""


def main() -> None:
    from bot.cli import main as run

    run()


if __name__ == "__main__":
    main()
