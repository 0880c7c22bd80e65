"""`make audit`: answers 1 where something looks like a key; --renew writes the baseline anew."""

import sys

from tests.audit import secrets


def main() -> int:
    """Answers the exit status."""
    if "--renew" in sys.argv[1:]:
        secrets.renew()
        return 0
    files = secrets.tracked()
    found = secrets.new_secrets(files)
    for place in found:
        sys.stdout.write(f"{place}\n")
    if found:
        sys.stdout.write(
            "These look like keys. Take them out and change them; of what is none, say so: "
            "`python -m tests.audit --renew`, then look at it and set is_secret to false in .secrets.baseline.\n"
        )
        return 1
    sys.stdout.write(f"{len(files)} tracked files hold no key.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
