"""How far a long command is: a bar on a terminal, a line for every tenth elsewhere."""

WIDTH = 30


class Progress:
    """Call it with how many are done. `stream` is a command's stdout or stderr."""

    def __init__(self, stream, total):
        self.stream, self.total, self.is_bar, self.said = stream, total, stream.isatty(), -1

    def __call__(self, done):
        share = done / self.total if self.total else 1
        step = int(share * (100 if self.is_bar else 10))
        if step == self.said:
            return
        self.said = step
        figures = f"{done:,} / {self.total:,} 行"
        if self.is_bar:
            bar = ("█" * int(share * WIDTH)).ljust(WIDTH, "░")
            self.stream.write(f"\r{bar} {share:4.0%}　{figures}", ending="")
        else:
            self.stream.write(f"已写 {figures}")
        self.stream.flush()

    def end(self):
        """Leave the line of the bar."""
        if self.is_bar and self.said >= 0:
            self.stream.write("")
