"""Report: what a scan found becomes pictures, tables, a page and files.

    findings        the record that a scan hands over; it holds no words of exchanges
    figures/        one file a figure: a picture and a table of the same facts
    page            the self-contained report.html
    terminal        the table of campaigns in a terminal, or as plain text
    files           the output folder: verdicts, campaigns, ties, rejected lines, the page

Everything in a log is hostile, so every string that came from one passes ``legible`` before anyone sees it.
"""
