"""The conformance kit: takes a factory of engines and says, rule by rule, whether they keep the contract."""

from nacelle.conformance.kit import check
from nacelle.conformance.limits import Limits
from nacelle.conformance.report import Outcome, Report, Result
from nacelle.conformance.rules import Rule

__all__ = ["Limits", "Outcome", "Report", "Result", "Rule", "check"]
