"""The screen in a terminal. Only what opens one imports Textual; what is watched, and the clock, know no screen."""
