"""The truth of a run and what is shown of it: courses, lines, frames, undo, branch, share links."""
