# SPDX-License-Identifier: GPL-2.0-or-later
def pytest_configure(config):
    config.addinivalue_line("markers", "all: long tests, run by make check-all")
