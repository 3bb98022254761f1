"""A worker that carries out one job and may be killed at any moment: `python -m …drawing_worker ID`.

It is a process of its own with its own connection to the database, as a worker of the site is.
"""

import sys

import django

django.setup()

from operations.domain import jobs  # noqa: E402

if __name__ == "__main__":
    jobs.run(sys.argv[1])
