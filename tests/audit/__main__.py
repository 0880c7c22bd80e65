"""`make audit`: answers 1 where something is found. --renew writes the baseline of keys anew."""

import sys

from tests.audit import secrets, templates

ADVICE = (
    "What looks like a key: take it out and change it. Of what is none, say so: `python -m tests.audit --renew`, then "
    "look at it and set is_secret to false in .secrets.baseline.\n"
    "What checkov finds: mend it, or accept it beside the resource with a reason that is true "
    "(infra/constructs/review.py).\n"
)


def main() -> int:
    """Answers the exit status."""
    if "--renew" in sys.argv[1:]:
        secrets.renew()
        return 0
    found = [*secrets.new_secrets(secrets.tracked()), *templates.audited()]
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.stdout.write(
        ADVICE if found else "No keys in tracked files, and nothing in the templates that is not answered.\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
