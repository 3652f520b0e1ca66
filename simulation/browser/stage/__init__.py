"""The stage: map, charts, transport bar, log and table twin, drawn in the browser by one script."""
