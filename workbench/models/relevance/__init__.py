"""Why it matched: relevance of the parts of a photo and of the words of a query."""

from workbench.models.relevance.explainer import EVERYDAY, Explainer, Method
from workbench.models.relevance.relevance import Relevance, View

__all__ = ["EVERYDAY", "Explainer", "Method", "Relevance", "View"]
