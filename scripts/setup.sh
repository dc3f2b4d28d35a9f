#!/bin/sh
# Hands over to setup.py with the first Python that is new enough, since `python3` may be an old one or missing.
here=$(dirname "$0")
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    # -I: another project's PYTHONPATH or PYTHONHOME must not reach in.
    if "$python" -I -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; then
        exec "$python" -I "$here/setup.py" "$@"
    fi
done
echo "Good Ideas needs Python 3.11, 3.12, 3.13 or 3.14, and none was found as python3 or python3.11 to python3.14; install one and try again." >&2
exit 1
