"""A few child processes whose output is shown together, each line with its name."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from config import processes

_NAME_WIDTH = 8


class Children:
    """Python programs that run, are watched and are stopped together.

    `services` are watched with them, but ended by whoever started them. Who is alive is
    noted in `register`, for the next start to clean up after a crash of this one.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        register: Path,
        services: Mapping[str, subprocess.Popen[bytes]],
    ) -> None:
        self._root = root
        self._environment = environment
        self._register = register
        self._services = services
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._outputs = selectors.DefaultSelector()
        self._unfinished: dict[int, bytes] = {}
        self._note()

    def start(
        self, name: str, command: Sequence[str], pass_fds: Sequence[int] = ()
    ) -> None:
        """Start `python -m *command` and show what it says from now on."""
        with processes.uninterrupted():
            program = processes.spawn(
                [sys.executable, "-m", *command],
                cwd=self._root,
                env=self._environment,
                output=subprocess.PIPE,
                pass_fds=pass_fds,
            )
            self._programs[name] = program
        self._outputs.register(_output_of(program), selectors.EVENT_READ, name)
        self._note()

    def relay(self, seconds: float) -> list[tuple[str, str]]:
        """Print, and return, the lines said within `seconds` or until some are."""
        lines = []
        for key, _ in self._outputs.select(seconds):
            said = os.read(key.fd, 65536)
            if not said:
                self._outputs.unregister(key.fileobj)
            pending = self._unfinished.pop(key.fd, b"") + (said or b"\n")
            *whole, self._unfinished[key.fd] = pending.split(b"\n")
            lines += [
                (key.data, line.decode(errors="replace")) for line in whole if line
            ]
        for name, line in lines:
            print(f"{name:<{_NAME_WIDTH}}| {line}", flush=True)  # noqa: T201
        return lines

    def wait_for(self, name: str) -> int:
        """Relay until program `name` ends; return its status."""
        program = self._programs[name]
        while program.poll() is None:
            self.relay(0.1)
        self._hear_out([program])
        return self._programs.pop(name).returncode

    def ended(self) -> list[tuple[str, int]]:
        """Programs and services that are no longer there, with their status."""
        everyone = {**self._services, **self._programs}
        states = [(name, process.poll()) for name, process in everyone.items()]
        return [(name, status) for name, status in states if status is not None]

    def stop(self, *names: str) -> None:
        """End the programs `names`, those that run, or all of them, and show their last
        words."""
        chosen = [name for name in self._programs if not names or name in names]
        programs = [self._programs.pop(name) for name in chosen]
        for program in programs:
            if program.poll() is None:
                program.terminate()
        deadline = time.monotonic() + processes.PATIENCE_SECONDS
        while any(program.poll() is None for program in programs):
            if time.monotonic() > deadline:
                break
            self.relay(0.1)
        processes.end(programs, patience=0)
        self._hear_out(programs)
        self._note()

    def _hear_out(self, programs: Sequence[subprocess.Popen[bytes]]) -> None:
        """Show the last words of programs that have ended, and listen no longer: what
        they started may live on for a moment, and their files' numbers are used anew.
        """
        while self.relay(0):
            pass
        for program in programs:
            if (output := _output_of(program)) in self._outputs.get_map():
                self._outputs.unregister(output)
            self._unfinished.pop(output, None)

    def _note(self) -> None:
        processes.remember(
            [*self._services.values(), *self._programs.values()], self._register
        )


def _output_of(program: subprocess.Popen[bytes]) -> int:
    assert program.stdout is not None  # noqa: S101  we asked for a pipe
    return program.stdout.fileno()
