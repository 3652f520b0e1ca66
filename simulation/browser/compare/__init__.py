"""The Compare page: two towns on the same luck, side by side, and in a hundred pairs."""
