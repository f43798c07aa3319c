"""The words that models are written in: resources, steps, and the plan that joins them."""

from simulator.plan.machine import Machine
from simulator.plan.plan import Plan, PlanError
from simulator.plan.resources import Backlog, Cores, Gil, Lock, Loop, Pool, Resource
from simulator.plan.steps import (
    Accept,
    AcceptEagerly,
    Compute,
    Connect,
    Handle,
    HandshakeTimers,
    Link,
    Receive,
    Release,
    Seize,
    Send,
    Step,
)
from simulator.plan.words import Outcome, State

__all__ = [
    "Accept",
    "AcceptEagerly",
    "Backlog",
    "Compute",
    "Connect",
    "Cores",
    "Gil",
    "Handle",
    "HandshakeTimers",
    "Link",
    "Lock",
    "Loop",
    "Machine",
    "Outcome",
    "Plan",
    "PlanError",
    "Pool",
    "Receive",
    "Release",
    "Resource",
    "Seize",
    "Send",
    "State",
    "Step",
]
