"""A drawing as pixels, with the Chinese fonts of this machine and nothing else of it."""
from projects.report import Missing
from projects.report.fonts import chinese_fonts


def png_of(svg):
    """An SVG as PNG, the same bytes wherever the fonts are the same. Raises Missing without library or Chinese font."""
    try:
        import resvg_py
    except ImportError as error:  # of a machine for which there is no build of it
        raise Missing("这台服务器没有装图片组件（resvg-py），不能生成 PNG 图。") from error
    fonts = chinese_fonts()
    return bytes(resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=fonts.files, font_family=fonts.family,
        sans_serif_family=fonts.family, languages=["zh-Hans"]))
