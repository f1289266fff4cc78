"""What can be wrong with a diary. It imports nothing, so that whoever only names a fault stays light."""

from __future__ import annotations


class DiaryUnusable(Exception):
    """The diary cannot be opened, read or written now; the message names it and the mend.

    Nothing was stored. The message is for the owner of the machine and never for a page.
    """


class OtherBody(Exception):
    """Another entry stands under that id already. Nothing was changed."""
