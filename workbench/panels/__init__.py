"""What an analyst sees: ipywidgets and plotly, one panel a file."""
