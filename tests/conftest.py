"""Settings shared by all tests.

Compiled kernels stay in the user's own cache, so that parallel test workers share them.
"""

import os

from hypothesis import HealthCheck, settings

# "ci" draws the same cases every time; "thorough" draws many and new ones. First calls compile
# kernels, so there is no deadline for a single case.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=500,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
