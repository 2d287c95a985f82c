"""What a model looks at: coefficient maps, saliency, evidence, prototypes, hard examples.

Needs the ``lab`` extra.
"""
