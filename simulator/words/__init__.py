"""How figures and names are written for people, the same everywhere. It uses nothing else of the simulator."""
