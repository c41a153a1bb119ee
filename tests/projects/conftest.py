"""An import as far as its preview, for whoever builds on one."""
from datetime import date

import pytest

from projects.excel_import import jobs, upload
from projects.models import Source
from tests.projects.office_lists import workbook


@pytest.fixture
def preview(key_list, settings, tmp_path):
    """Upload rows as a person and give the batch, previewed."""
    settings.DATA_DIR = tmp_path

    def _preview(user, rows, **kw):
        kw = {"project_list": key_list, "effective_on": date(2021, 9, 30), "source": Source.objects.own()} | kw
        file = rows if hasattr(rows, "read") else workbook(rows)
        batch, sheets = upload.receive(user, file, **kw)
        jobs.start(batch, "preview", user, sheets=sheets)
        return batch

    return _preview
