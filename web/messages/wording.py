"""What the states of a delivery are called, and how grave each looks."""

from engine.kit.i18n import N_
from engine.notifications.models import DeliveryState

STATES = {
    DeliveryState.held.value: N_("waits for the digest"),
    DeliveryState.bundled.value: N_("in the digest that leaves next"),
    DeliveryState.to_send.value: N_("to be sent"),
    DeliveryState.sending.value: N_("being sent"),
    DeliveryState.failed.value: N_("failed, will be tried again"),
    DeliveryState.sent.value: N_("sent"),
    DeliveryState.given_up.value: N_("given up"),
    DeliveryState.in_doubt.value: N_("perhaps sent"),
    DeliveryState.dropped.value: N_("not needed any more"),
}
STATE_KINDS = {
    DeliveryState.sent.value: "state-on",
    DeliveryState.failed.value: "state-warn",
    DeliveryState.given_up.value: "state-warn",
    DeliveryState.in_doubt.value: "state-warn",
}
