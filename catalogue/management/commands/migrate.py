"""Django's `migrate`, which doesn't make readers wait: what can't have its table at once gives up and says so."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

PATIENCE = 2.0


class Command(migrate.Command):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=PATIENCE,
            metavar="SECONDS",
            help=f"how long a change waits for a table that is in use, {PATIENCE:g} if not named; PostgreSQL",
        )

    def handle(self, *args, lock_timeout, **options):
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            # SQLite lets readers read on, whoever writes.
            return super().handle(*args, **options)
        if lock_timeout <= 0:
            raise CommandError(f"Give a number of seconds above 0 to wait for a table, not {lock_timeout:g}.")
        patience = f"{round(lock_timeout * 1000)}ms"

        def without_haste(execute, sql, params, many, context):
            """What is done beside everybody else may wait for them, too: nobody is queued behind it."""
            if " CONCURRENTLY " not in str(sql):
                return execute(sql, params, many, context)
            wait("0")
            try:
                return execute(sql, params, many, context)
            finally:
                wait(patience)

        def wait(how_long: str) -> None:
            # By the driver: Django's cursor would come back here.
            connection.connection.execute("SELECT set_config('lock_timeout', %s, false)", [how_long])

        connection.ensure_connection()
        wait(patience)
        try:
            with connection.execute_wrapper(without_haste):
                return super().handle(*args, **options)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":
                raise
            raise CommandError(
                f"A table that the migration changes was in use for more than {lock_timeout:g} seconds (a long export, "
                "say), so it was given up rather than let readers queue behind it. The migrations named OK above are "
                "applied and nothing is half done. Run it again."
            ) from error
        finally:
            if connection.connection and not connection.connection.closed:
                wait("0")
