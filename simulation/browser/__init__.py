"""The page in the browser, for a room: play a scenario, change it, compare, explore, learn.

`kindling browser` starts it (`simulation.browser.server`). It is one of the model's two front
doors: nothing of the model imports it, and importing it costs what Solara costs.
"""
