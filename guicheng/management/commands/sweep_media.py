from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from guicheng import media_store
from guicheng.files.models import attachments
from guicheng.files.sealing import erased_digests
from guicheng.locks import Busy


class Command(BaseCommand):
    help = "清理没有任何照片或附件用到、放了一天以上的文件；也说出哪些照片和附件缺文件。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只列出会删除什么，不删除")

    def handle(self, *args, dry_run, **options):
        try:
            with media_store.removing():
                self._sweep(dry_run)
        except Busy:
            raise CommandError("正在备份，这次没有清理，请过一会儿再运行。")

    def _sweep(self, dry_run):
        old = list(media_store.old_files())  # before the rows: a row that comes meanwhile has a younger file
        known = {name for model in attachments() for name in model.objects.values_list("file", flat=True)}
        orphans = [path for name, path in old if name not in known]
        size = sum(path.stat().st_size for path in orphans)
        for path in orphans:
            if dry_run:
                self.stdout.write(str(path.relative_to(media_store.folder())))
            else:
                path.unlink(missing_ok=True)
        for sentence in self._lost():
            self.stderr.write(sentence)
        found = f"{len(orphans)} 个没有用到的文件，共 {filesizeformat(size)}"
        self.stdout.write(f"将删除 {found}。这次没有删除任何东西。" if dry_run else f"已删除 {found}。")

    def _lost(self):
        """A sentence for each row whose files are not there, as after a restore without them."""
        erased = erased_digests()
        for model in attachments():
            owner = model._meta.get_field(model.of)
            noun, of = model._meta.verbose_name, owner.related_model._meta.verbose_name
            for row in model.objects.iterator():
                if row.sha256 not in erased and not row.is_whole:
                    yield f"{noun} {row.code}（{of} {getattr(row, owner.attname)}）缺文件。"
