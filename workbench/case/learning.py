"""Learning: the verbs with which a case is taught what its samples show; `Case` has them all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.analysis.progress import Watch
from workbench.case.arguments import checked, flag, is_text, one_of, or_none, whole
from workbench.case.open_case import OpenCase
from workbench.errors import QueryError

if TYPE_CHECKING:
    from workbench.case.classifiers.classifiers_api import Classifiers


class Learning:
    """The verbs of a case that learn from examples."""

    _open: OpenCase

    @property
    def classifiers(self) -> "Classifiers":
        """The classifiers of the case: ``case.classifiers["weapon"].frame``; rename, remove, export, ..."""
        return self._open.classifiers

    @checked(
        over=is_text("image"),
        replace=flag,
        method=one_of("best", "logistic", "mlp"),
        unlabelled=or_none(flag),
        seed=whole(0, 2**31 - 1, 0),
    )
    def learn(
        self,
        name: "str | Mapping[str, Any]",
        yes: Any = None,
        no: Any = None,
        *,
        over: str = "image",
        replace: bool = False,
        method: str = "best",
        unlabelled: bool | None = None,
        seed: int = 0,
        watch: Watch | None = None,
    ) -> Any:
        """Train a classifier on vectors that are there already and keep it; several with a dict of classes.

        ``yes`` and ``no`` are examples: rows, ids, paths, a DataFrame, a Selection, hits, or the name of a
        tag, folder or saved selection ("tag:weapon" where that could be several). What nobody labelled is
        unlabelled, not no. Without both, the labels it has are used, such as those given on the desk.
        ``case.learn({"cat": rows, "dog": others})`` trains one for each class: the examples of the others,
        that are not its own, are no. ``is:weapon`` then finds, filters and sorts.

        Returns a `Classifier`, or a dict of them by class.

        ``over``: the kind of samples, "image", "face" or that of a region such as "persons"; what names
        images means all such samples in them. ``replace=True``: learn anew what is called so already.
        ``method``: "logistic", "mlp", or the better of the two by cross-validation. ``unlabelled``: whether
        samples nobody labelled are used, by default yes. ``watch`` is told the share done [0, 1], and may
        raise to end it. Raises QueryError for a name or for examples that cannot be, and keeps nothing then.
        """
        settings: dict[str, Any] = {"method": method, "unlabelled": unlabelled, "seed": seed}
        if not isinstance(name, Mapping):
            return self.classifiers.learn(name, yes, no, over=over, replace=replace, watch=watch, **settings)
        if yes is not None or no is not None:
            raise QueryError("A dict of classes takes no yes and no.", "Put the examples into the dict.")
        return self.classifiers.learn_all(name, over=over, replace=replace, watch=watch, **settings)
