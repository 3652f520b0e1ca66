"""Report: one page that says what a store's runs came to, and how to repeat every number."""

from experiments.report.material import Study, studies
from experiments.report.page import Report, make_report, report_html, write_figures

__all__ = ["Report", "Study", "make_report", "report_html", "studies", "write_figures"]
