"""The catalogue's migrations, and two that a later release might have."""

from pathlib import Path

from catalogue import migrations

__path__ += migrations.__path__

#: The last one of ours.
LATEST = max(path.stem for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))
