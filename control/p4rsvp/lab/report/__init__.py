"""The report of a run: one HTML page that needs nothing else, with plots and the network as SVG."""
