"""Whether the process lives, and whether it is ready to serve."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse

from catalogue import index as indexes
from catalogue.clock import DEADLINE, moment
from catalogue.views.caching import without_database


@without_database
def healthz(request):
    """200 while the process lives. It touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@without_database
def readyz(request):
    """200 when the database answers, every migration is applied and the index is built; else 503 naming what failed."""
    failed = {}
    try:
        if moment().away:
            raise DatabaseError(f"no answer within {DEADLINE} seconds")
        executor = MigrationExecutor(connection)
        if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            failed["migrations"] = f"{len(waiting)} not applied"
        elif indexes.being_built():
            failed["index"] = "being built"
        else:
            edition = indexes.current().edition
    except DatabaseError as error:
        # Its first line only: what follows may quote a statement.
        failed["database"] = (str(error).strip().splitlines() or [type(error).__name__])[0]
    answer = {"ready": False, "failed": failed} if failed else {"ready": True, "edition": edition}
    return JsonResponse(answer, status=503 if failed else 200, headers={"Cache-Control": "no-store"})
