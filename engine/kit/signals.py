"""How a lower room is heard above: it sends, it never imports. Listeners write rows only, in the sender's transaction."""

from blinker import Namespace

signals = Namespace()
