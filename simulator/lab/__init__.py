"""What somebody does in front of the stage, without a screen: what is watched, its history, knobs, and the playhead."""
