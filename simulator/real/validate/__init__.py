"""How far the simulation is off: the same requests simulated and sent to real servers, figure by figure."""
