"""The examples in geo's documentation are true."""

import doctest
import importlib
import pkgutil

import pytest

import geo


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(geo.__path__)])
def test_examples(name):
    assert doctest.testmod(importlib.import_module(f"geo.{name}")).failed == 0
