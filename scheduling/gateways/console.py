"""Messages on standard output, for whoever is developing."""

import sys

from scheduling.gateways.interface import Outgoing, Receipt, Temporary


class ConsoleGateway:
    """Prints what would be said, but not to whom: what is printed ends up in logs."""

    deduplicates = False
    can_look_up = False

    def send(self, outgoing: Outgoing) -> Receipt:
        line = f"Message {outgoing.provider_key}: {outgoing.body.strip()}\n"
        try:
            sys.stdout.write(line)
            sys.stdout.flush()
        except (OSError, ValueError) as error:  # closed, or cannot spell it
            raise Temporary("console_not_written") from error
        return Receipt(str(outgoing.provider_key))

    def look_up(self, outgoing: Outgoing) -> None:
        return None
