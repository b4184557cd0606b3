"""What gunicorn and the ``flask`` command load."""

from web.app import create_app

app = create_app()
