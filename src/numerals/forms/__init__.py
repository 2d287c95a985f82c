"""Read the fields of filled-in forms, described by a template."""

from numerals.constraints.decimals import to_decimal
from numerals.constraints.relations import Relation
from numerals.forms.box_suggestions import BoxSuggestion, suggest_boxes
from numerals.forms.field_reader import make_field_reader, matches_format
from numerals.forms.form_choice import FormChooser
from numerals.forms.form_files import ScanResult, form_columns, form_row, read_form_file
from numerals.forms.form_reader import FormReader, ReadField, read_form
from numerals.forms.form_results import FieldReading, FieldResult, FormResult, RelationResult
from numerals.forms.form_stack import resolve_stack
from numerals.forms.new_template import new_template
from numerals.forms.registration import Reference, Registration
from numerals.forms.relations import check_relations, repair_readings
from numerals.forms.straightening import straighten
from numerals.forms.template import Field, Template, load_template
from numerals.forms.template_checks import check_template, make_reference
from numerals.forms.template_folder import TemplateFolder, TemplateSummary
from numerals.forms.template_writing import format_template, template_values, write_template

__all__ = [
    "BoxSuggestion",
    "Field",
    "FieldReading",
    "FieldResult",
    "FormChooser",
    "FormReader",
    "FormResult",
    "ReadField",
    "Reference",
    "Registration",
    "Relation",
    "RelationResult",
    "ScanResult",
    "Template",
    "TemplateFolder",
    "TemplateSummary",
    "check_relations",
    "check_template",
    "form_columns",
    "form_row",
    "format_template",
    "load_template",
    "make_field_reader",
    "make_reference",
    "matches_format",
    "new_template",
    "read_form",
    "read_form_file",
    "repair_readings",
    "resolve_stack",
    "straighten",
    "suggest_boxes",
    "template_values",
    "to_decimal",
    "write_template",
]
