"""Draw what stands in static/img/ as pictures: the card of the whole site and favicon.ico. For who changes the sign."""
import io

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from projects.cards.drawing import Card, svg_of
from projects.cards.steps import STEPS, Step
from projects.report import Missing
from projects.report.raster import png_of

FOLDER = settings.BASE_DIR / "static" / "img"
SIZES = (16, 32, 48)


class Command(BaseCommand):
    help = "重画 static/img/ 里的 card.png（全站的转发图）和 favicon.ico（由 mark.svg 画成）。"

    def handle(self, **options):
        steps = tuple(Step(label, family, is_told=True) for label, _, family in STEPS)
        card = Card("承诺了什么，办到了哪一步", "佛山市南海区桂城街道", "每一项、每一步都有出处和日期。", steps,
                    "桂城街道和各社区公开承诺的事项")
        mark = (FOLDER / "mark.svg").read_text(encoding="utf-8")
        try:
            (FOLDER / "card.png").write_bytes(png_of(svg_of(card)))
            drawn = Image.open(io.BytesIO(png_of(mark.replace("<svg ", '<svg width="192" height="192" ', 1))))
        except Missing as error:
            raise CommandError(str(error)) from error
        drawn.convert("RGBA").save(FOLDER / "favicon.ico", sizes=[(size, size) for size in SIZES])
        self.stdout.write(f"画好了：{FOLDER / 'card.png'}、{FOLDER / 'favicon.ico'}。")
