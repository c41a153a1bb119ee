"""A cap on every uploaded file, kept while it streams in: 100 MB never reach memory or disk."""
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from guicheng.files.spreadsheets import MAX_BYTES


class CappedUploads(FileUploadHandler):
    """The first of the upload handlers. A file over the cap is left out and its field named on the request."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self.request.too_large_uploads = {*getattr(self.request, "too_large_uploads", ()), self.field_name}
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None
