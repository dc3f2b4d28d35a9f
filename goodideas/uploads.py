"""What is uploaded goes through here first: a file that is too large is passed over, and kept nowhere."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from catalogue.exchange.tables import LARGEST

#: What a form adds to its file.
AROUND = 100_000


class Quota(FileUploadHandler):
    """Passes over files of a request that says that it is too large; its form hears of it and can say so."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.request.refuses_file = content_length > LARGEST + AROUND

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.request.refuses_file:
            raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None
