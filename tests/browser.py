"""Which Chromium the tests drive, and how: Debian's own, never one downloaded. What they all do in it."""
import shutil

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
WIDTHS = (390, 1280)
# of axe: all that another colour scheme can change, and all that another width can on the same page
COLOURS = ("color-contrast", "link-in-text-block")
SIZES = ("target-size", "scrollable-region-focusable")

# every transition at its end. Not waited for: what a closed <details> holds stands still, and waits for ever
AT_REST = "document.getAnimations().forEach(each => { try { each.finish() } catch { each.cancel() } })"


def find_chromium():
    return next((path for path in map(shutil.which, NAMES) if path), None)


def sign_in(page, base, user):
    """Sign in by the form, with the password that factories give everybody."""
    from django.urls import reverse

    from tests import factories

    page.goto(base + reverse("admin:login"))
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("[type=submit]")
    return page


def violations(page, rules=()):
    """What axe finds by these rules, or by all. It breaks the policy on styles: look at the console before."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": list(rules)} if rules else {})
    axe = Axe()
    if page.evaluate("typeof axe === 'object'"):  # half a megabyte, read once for a page
        axe.axe_script = ""
    found = axe.run(page, options=options).response["violations"]
    return [f"{row['id']}: {row['nodes'][0]['html'][:160]}" for row in found]


def sideways(page):
    """How many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def barriers(page, widths=WIDTHS, schemes=("light",)):
    """What bars somebody's way on the page as it stands, at these widths, light and dark; [] is none.

    All of it is looked at at the last width, the widest; at the others what a width can change.
    """
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {sideways(page)} px sideways"] if sideways(page) > 0 else []
        for scheme in schemes if width == widths[-1] else schemes[:1]:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(AT_REST)
            rules = SIZES if width != widths[-1] else COLOURS if scheme != schemes[0] else ()
            found += [f"{width} {scheme} {each}" for each in violations(page, rules)]
    return found
