"""The control plane's side of match tables: entries for the controller, rows for the kernels."""
