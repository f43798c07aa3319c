"""The same workload against real servers on this machine: the clients, the processes, and a trace of what happened."""
