"""Messages on standard output, for whoever is developing."""

import sys

from scheduling.gateways.interface import Outgoing, Receipt


class ConsoleGateway:
    """Prints what would be said, but not to whom: what is printed ends up in logs."""

    deduplicates = False
    can_look_up = False

    def send(self, outgoing: Outgoing) -> Receipt:
        sys.stdout.write(f"Message {outgoing.provider_key}: {outgoing.body.strip()}\n")
        sys.stdout.flush()
        return Receipt(str(outgoing.provider_key))

    def look_up(self, outgoing: Outgoing) -> None:
        return None
