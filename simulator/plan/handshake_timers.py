"""What TCP repeats, and when: the timers of a handshake of which a full backlog has dropped something.

What to watch: timers hang on a wheel that turns in steps, so what many wait for comes at the same moment.
"""

from dataclasses import dataclass

FINEST, COARSER = 63, 8
"""So many waits each level of a wheel is for, and how many times as coarse the next one is (kernel/time/timer.c)."""
MOST_TICKS = 2.0**40
"""Nobody waits so long, except for ever."""
HARDLY, ALMOST = 1e-6, 1.0 - 1e-6
"""Of a tick: what rounding has done to a time that is on one; and all but that, to round up."""
CROWD = 8
"""Twice as many handshakes as are half open: if they are no more than this, none is forgotten before its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeTimers:
    """How TCP goes on where the backlog drops the end of a handshake. Linux's values; no configuration reaches them."""

    least_timeout_s: float = 0.2
    """TCP_RTO_MIN: no packet is repeated sooner after its first round trip."""
    syn_ack_s: float = 1.0
    """Seconds after which the server repeats its SYN-ACK for the first time; every further gap is twice as long."""
    syn_acks: int = 5
    """So many times (tcp_synack_retries). When the next would be due, the server forgets the handshake instead."""
    fewest_syn_acks: int = 2
    """So many times at least where old handshakes take the place of young ones."""
    cookie_valid_s: float = 120.0
    """A handshake that only its cookie knows of can be finished for two minutes (TCP_SYNCOOKIE_VALID)."""
    tick_s: float = 0.004
    """A tick of the wheel that all these timers hang on (HZ = 250); see ``on_wheel``. 0: they are exact."""

    def on_wheel(self, since_s: float, delay_s: float) -> float:
        """When a timer fires that is set now. A wheel of Linux never fires early, and turns in steps.

        A wait of less than 63 ticks ends on a tick, one of less than 504 on every eighth, and so on: the longer, the
        coarser. So what many wait for comes at the same moment.
        """
        if self.tick_s <= 0 or delay_s > MOST_TICKS * self.tick_s:
            return since_s + delay_s
        ticks, step = int(delay_s / self.tick_s + ALMOST), 1
        end = int(since_s / self.tick_s + HARDLY) + ticks
        while ticks >= FINEST * step:
            step *= COARSER
        return (end // step + 1) * step * self.tick_s

    def syn_acks_in(self, deferred_s: float) -> int:
        """How many times a SYN-ACK would time out until so long is over (``secs_to_retrans``)."""
        count, over_s, gap_s = 0, 0.0, self.syn_ack_s
        while over_s < deferred_s:
            count, over_s, gap_s = count + 1, over_s + gap_s, 2.0 * gap_s
        return count

    def syn_acks_for(self, half_open: int, young: int, limit: int) -> int:
        """How many times a SYN-ACK is repeated where so many handshakes are half open.

        Half of the places are kept for the young, of which none was repeated yet (``reqsk_timer_handler``).
        """
        most = self.syn_acks
        if 2 * half_open > max(CROWD, limit):
            while most > self.fewest_syn_acks and half_open >= 2 * young:
                most, young = most - 1, 2 * young
        return most


LINUX_TIMERS = HandshakeTimers()
