"""What making a document leaves behind in the process."""

from io import BytesIO

import pytest
from PIL import Image

from reports.rendering import pdf


def test_half_a_photo_is_still_refused_after_a_document_was_made():
    pdf.write("<html lang='zh'><title>月报</title><body>月报</body></html>", css="")
    whole = BytesIO()
    Image.effect_noise((300, 300), 80).save(whole, "JPEG")
    with (
        Image.open(BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2])) as half,
        pytest.raises(OSError, match="truncated"),
    ):
        half.load()
