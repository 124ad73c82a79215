"""Where a process that Blender runs in writes its messages, apart from Blender's own chatter."""

from __future__ import annotations

import os

from ..datasets.messages import Message, Report, encode


def message_channel() -> Report:
    """What reports messages to whoever reads this process's stdout. All else that is printed goes to stderr.

    Blender prints to file descriptor 1 from C: so messages get a descriptor of their own.
    """
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def report(message: Message) -> None:
        channel.write(encode(message))

    return report
