// Replaced by the first shared double.
