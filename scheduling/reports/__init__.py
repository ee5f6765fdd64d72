"""What the practice can be asked about itself: figures over many rows."""
