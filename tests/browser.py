"""Which Chromium the tests drive, and how: Debian's own, never one downloaded."""
import shutil

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find_chromium():
    return next((path for path in map(shutil.which, NAMES) if path), None)
