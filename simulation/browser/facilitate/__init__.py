"""The facilitator's view: the same town, large, for a room with a projector."""
