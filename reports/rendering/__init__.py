"""How a report becomes a file: templates, charts, PDF, workbooks. What it says is decided by the reports themselves."""
