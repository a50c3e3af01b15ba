"""Why it matched: relevance of the parts of a photo and of the words of a query."""

from workbench.models.relevance.explainer import Explainer
from workbench.models.relevance.relevance import Relevance
from workbench.models.relevance.searching import EVERYDAY, Method
from workbench.models.relevance.view import View

__all__ = ["EVERYDAY", "Explainer", "Method", "Relevance", "View"]
