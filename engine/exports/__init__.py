"""Long lists as workbooks: asked for, made by the workers slice after slice, kept some days for whoever asked.

How a row looks, and how a workbook is written, is registered from above (``workbooks``).
"""
