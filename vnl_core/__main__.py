"""`python -m vnl_core …` is `vnl …`."""

from vnl_core.cli import main

if __name__ == "__main__":
    main()
