"""Activate the model that was trained, after the comparison of ``numerals models activate``."""

from numerals.errors import NotStoredError
from numerals.files import file_sha256
from numerals.models.activated_models import activate_model
from numerals.models.available_models import active_model_path
from numerals.training.model_comparison import check_not_worse, compare_files
from numerals.training.training_folder import TrainingFolder
from numerals.training.training_result import comparison_from_dict


def activate_trained_model(folder: TrainingFolder, name: str, *, anyway: bool) -> None:
    """Activate the new model of a training, unless it is worse than the active one.

    The comparison of the training decides. If another model has been activated since, both are
    compared again, which takes up to minutes.

    Parameters
    ----------
    folder : TrainingFolder
    name : str
        Name of the model, as the result has it.
    anyway : bool
        Whether to activate a worse model.

    Raises
    ------
    NotStoredError
        If there is no such model.
    WorseModelError
        If it is worse, or cannot be compared.
    """
    job, result = folder.read_job(), folder.read_result()
    if job is None or result is None or result["model"] != name:
        raise NotStoredError(f"there is no trained model {name!r}; train again")
    current = active_model_path(job.script, job.kind)
    sha256 = None if current is None else file_sha256(current)
    if sha256 == result["sha256"]:
        return
    if current is not None and not anyway:
        if sha256 == result["parent_sha256"]:
            comparison = comparison_from_dict(result)
        else:
            comparison = compare_files(current, folder.model, job.script, job.kind)
        check_not_worse(comparison, name, job.script)
    activate_model(folder.model, job.script, job.kind)
