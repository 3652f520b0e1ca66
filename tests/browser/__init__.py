"""The page in a real browser: Debian's chromium, driven through Playwright."""
