"""Everything for a first look: migrates, loads the opening collection, makes an editor, serves as production would."""

import ipaddress
import os
import socket

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command

DEFAULT = "127.0.0.1:8000"


class Command(BaseCommand):
    help = "Migrates, loads the opening collection, makes a demo editor and serves the site on this machine."

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default=DEFAULT, help=f"address:port, {DEFAULT} when not named")

    def handle(self, address, **options):
        host, port = self.parse(address)
        self.say("Preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", verbosity=options["verbosity"])
        self.say("Gathering style sheets and fonts")
        call_command("collectstatic", verbosity=0, interactive=False)
        name, password = self.editor()
        self.stdout.write("")
        self.stdout.write(self.style.SUCCESS(f"  Good Ideas is at  http://{address}/"))
        self.stdout.write(f"  The editors' desk  http://{address}/admin/  name {name}, {password}")
        self.stdout.write("  To stop it, press Control and C.\n")
        self.stdout.flush()
        self.serve(host, port)

    def say(self, what):
        self.stdout.write(f"{what} …")
        self.stdout.flush()

    def parse(self, address: str) -> tuple[str, int]:
        """Host and port. security: the demo's password is known to all, so it serves this machine alone."""
        host, colon, port = address.rpartition(":")
        if not colon or not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"{address!r} is no address and port. Give it like {DEFAULT}.")
        bare = host.strip("[]")
        try:
            own = ipaddress.ip_address(bare).is_loopback
        except ValueError:
            own = bare == "localhost"
        if not own:
            raise CommandError(
                f"{host!r} isn't this machine's own address. The demo serves 127.0.0.1, [::1] or localhost only."
            )
        with socket.socket(socket.AF_INET6 if ":" in bare else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bare, int(port)))
            except OSError:
                raise CommandError(
                    f"Port {port} is already in use on {host}. Stop what uses it, or name another: "
                    f"python manage.py demo {host}:{int(port) + 1}"
                ) from None
        return bare, int(port)

    def editor(self) -> tuple[str, str]:
        """The demo editor's name and what to say of the password. One that exists keeps its own."""
        given = os.environ.get("DEMO_PASSWORD", "")
        user, made = get_user_model().objects.get_or_create(
            username="editor",
            defaults={"is_staff": True, "is_superuser": True, "first_name": "Demo", "last_name": "Editor"},
        )
        password = given or "good-ideas"
        if made or (given and not user.check_password(given)):
            user.set_password(password)
            user.save()
        said = "the one in DEMO_PASSWORD" if given else password
        return user.username, f"password {said}" if user.check_password(password) else "with the password it was given"

    def serve(self, host: str, port: int):
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodideas.settings")
        Granian(
            "goodideas.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=8,
            # It would warn that a machine has fewer processors than this has threads; they wait for the database.
            log_level=LogLevels.error,
            working_dir=settings.BASE_DIR,
        ).serve()
